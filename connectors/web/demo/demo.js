/** The demo shop's page: its words, its shelf, and the three calls a real shop would make to the chat. */
"use strict";

const WORDS = {
  zh: {
    skip: "跳到商品", notice: "演示商店：商品、顾客和订单都是编的，不会真的发货。", account: "演示身份", guest: "访客",
    headline: "把日子过得好用一点", lead: "耐穿的衣服，顺手的锅，泡得出好味道的壶。我们只卖自己也在用的东西。",
    browse: "逛一逛", ask: "让小拾帮我挑", helpMeChoose: "帮我推荐点东西，",
    promise1: "满 ¥99 包邮", promise1b: "不满收 ¥8", promise2: "24 小时内发货", promise2b: "16:00 前付款当天发",
    promise3: "7 天无理由", promise3b: "质量问题 90 天包退", promise4: "每天 9:00–21:00", promise4b: "有人在，随时转人工",
    shelf: "在架好物", all: "全部", showAll: "看全部 {n} 件", askAbout: "问小拾", about: "想问一下{name}：", broken: "商品没读出来，请刷新再试。", filter: "分类",
    console: "客服工作台",
    help: "常见问题", helpLead: "点一个，小拾会按店里的规则原文回答您。",
    q1: "多久能送到？", q2: "运费怎么算？", q3: "怎么退货？", q4: "退款多久到账？", q5: "怎么开发票？", q6: "怎么选尺码？",
    other: "English", title: "拾光 Shiguang：日常好物",
  },
  en: {
    skip: "Skip to products", notice: "A demo shop: goods, customers and orders are made up, and nothing ships.", account: "Demo identity", guest: "Guest",
    headline: "Good things for ordinary days", lead: "Clothes that last, a pan that sits right in the hand, a kettle that makes a proper cup. We only sell what we use ourselves.",
    browse: "Look around", ask: "Help me choose", helpMeChoose: "Can you recommend something for ",
    promise1: "Free shipping from ¥99", promise1b: "Otherwise ¥8", promise2: "Ships within 24 hours", promise2b: "Same day if paid by 16:00",
    promise3: "7-day returns", promise3b: "90 days if something's wrong", promise4: "9:00–21:00 every day", promise4b: "Talk to a person any time then",
    shelf: "On the shelf", all: "All", showAll: "Show all {n}", askAbout: "Ask about it", about: "About the {name}: ", broken: "The shelf didn't load. Please reload the page.", filter: "Category",
    console: "Agent console",
    help: "Common questions", helpLead: "Pick one, and Xiao Shi answers in the words of the shop's own pages.",
    q1: "How long does delivery take?", q2: "How much is shipping?", q3: "How do I return something?", q4: "When will I get my refund?", q5: "How do I get an invoice?", q6: "How do I choose a size?",
    other: "中文", title: "Shiguang: good things for ordinary days",
  },
};
const FIRST = 12;
const SCENE = ["P039", "P024", "P001"];

const page = { language: "zh", category: "", products: [], showAll: false };
const find = (id) => document.getElementById(id);
const word = (key) => WORDS[page.language][key];

/** What this browser remembers, where it may. */
const memory = {
  get(name) {
    try { return localStorage.getItem(`shiguang:${name}`); } catch { return null; }
  },
  set(name, value) {
    try { localStorage.setItem(`shiguang:${name}`, value); } catch { /* Then it starts afresh next time. */ }
  },
};

function element(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/** Pictures are named as the catalogue names them: an https address, or a path below /media/. */
function picture(product) {
  return element("img", { src: new URL(product.image, `${location.origin}/media/`), alt: "", loading: "lazy", decoding: "async", width: 400, height: 400 });
}

function drawWords() {
  document.documentElement.lang = page.language === "zh" ? "zh-CN" : "en";
  document.title = word("title");
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = word(node.dataset.text);
  const other = find("language");
  other.textContent = word("other");
  other.lang = page.language === "zh" ? "en" : "zh-CN";
}

function drawShelf() {
  const { products, category } = page;
  const categories = ["", ...new Set(products.map((product) => product.category))];
  find("filter").setAttribute("aria-label", word("filter"));
  find("filter").replaceChildren(...categories.map((name) => {
    const button = element("button", { type: "button", onclick: () => ((page.category = name), drawShelf()) }, name || word("all"));
    button.setAttribute("aria-pressed", String(name === category));
    return button;
  }));
  const shown = products.filter((product) => !category || product.category === category);
  const folded = !page.showAll && shown.length > FIRST;
  find("products").replaceChildren(...shown.slice(0, folded ? FIRST : shown.length).map(productItem));
  find("all").hidden = !folded;
  find("all").textContent = word("showAll").replace("{n}", shown.length);
  const scene = SCENE.map((id) => products.find((product) => product.id === id)).filter(Boolean);
  find("scene").replaceChildren(...scene.map(picture));
}

function productItem(product) {
  const ask = element("button", { type: "button", onclick: () => window.Kefu.open(word("about").replace("{name}", product.name)) }, word("askAbout"));
  ask.setAttribute("aria-label", `${word("askAbout")}: ${product.name}`);
  return element("li", {}, picture(product), element("h3", {}, product.name), element("div", {}, element("b", {}, product.price), ask));
}

async function loadShelf() {
  const answer = await fetch(`/demo/products?language=${page.language}`).catch(() => null);
  find("broken").hidden = Boolean(answer?.ok);
  if (!answer?.ok) return;
  page.products = await answer.json();
  page.category = "";
  drawShelf();
}

function setLanguage(language) {
  page.language = language === "en" ? "en" : "zh";
  memory.set("language", language);
  drawWords();
  window.Kefu.setLanguage(language);
  return loadShelf();
}

/** The shop knows who is signed in; its server makes a token, and the page hands it to the chat. */
async function become(customer) {
  if (!customer) {
    await window.Kefu.signOut();
  } else {
    const answer = await fetch("/demo/sign-in", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ customer_id: customer }),
    });
    await window.Kefu.signIn((await answer.json()).shopper_token);
  }
  memory.set("customer", customer);
}

window.addEventListener("kefu:language", (event) => event.detail === page.language || setLanguage(event.detail));
find("language").addEventListener("click", () => setLanguage(page.language === "zh" ? "en" : "zh"));
find("all").addEventListener("click", () => ((page.showAll = true), drawShelf()));
find("customer").addEventListener("change", async (event) => {
  const select = event.currentTarget;
  select.disabled = true;
  await become(select.value).catch(() => (select.value = memory.get("customer") ?? ""));
  select.disabled = false;
});
for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", () => window.Kefu.open(word(button.dataset.ask)));
}
find("customer").value = memory.get("customer") ?? "";
setLanguage(memory.get("language") ?? (navigator.language.startsWith("zh") ? "zh" : "en"));
