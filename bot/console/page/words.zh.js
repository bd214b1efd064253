/** 中文。用客服工作台里的说法，短，不译腔。 */
export const ZH = {
  // 登录
  console: "客服工作台", signIn: "登录", login: "账号", password: "密码", demoAgents: "演示账号，点一下就能进",
  wrongPassword: "账号或密码不对。", tooManyLogins: "试得太多了，过几分钟再来。", accountOff: "这个账号已停用，请找管理员。",
  sessionEnded: "登录过期了，请重新登录。没发出去的内容都还在。", signOut: "退出登录",
  "role.agent": "客服", "role.lead": "主管", "role.admin": "管理员",

  // 导航
  navigation: "导航", views: "会话分组", conversations: "会话列表",
  "view.waiting": "待接入", "view.mine": "我的接待", "view.open": "处理中", "view.callback": "待回电", "view.snoozed": "稍后处理",
  "view.mentions": "@我的", "view.closed": "已结束", "view.bot": "机器人接待", "view.all": "全部会话",
  "page.unanswered": "待补知识", "page.insights": "数据", "page.canned": "快捷短语", "page.users": "成员", "page.audit": "操作日志", "page.profile": "个人设置",
  free: "接待中", freeHint: "可以分配新会话给我", pausing: "小休", pausingHint: "不再分配新会话", away: "离线",
  lineConnecting: "正在连接…", lineOffline: "连接断开，正在重连", lineHint: "连上后会自动补上漏掉的消息",
  toLight: "切到浅色", soundOn: "打开提示音", soundOff: "关掉提示音", toDark: "切到深色", "theme.system": "跟随系统", "theme.light": "浅色", "theme.dark": "深色",

  // 列表
  searchAll: "搜消息、备注、订单号、顾客", searchResults: "搜索结果", chosenOnes: "对应的会话",
  filters: "筛选", clear: "清除", clearFilters: "清除筛选", anyLanguage: "语言", anyChannel: "渠道", anyTag: "标签", anyReason: "转人工原因", anyAgent: "客服", breachedOnly: "只看超时",
  newRows: "{n} 个新会话", loadingMore: "正在加载…", loading: "正在加载…", goesOnElsewhere: "顾客已转到另一个会话，请到那边回复。", movedOn: "已移出", draft: "草稿", photoOnly: "[图片]", visitor: "访客 {n}",
  nothingFound: "没有找到", nothingFoundHint: "换个词，或者清掉筛选再看看。", goTo: "去看「{view}」",
  "empty.waiting": "没有人在排队", "emptyHint.waiting": "有顾客转人工时会出现在这里，并提醒您。",
  "empty.mine": "您手上没有会话", "emptyHint.mine": "从「待接入」里接一个，或等系统分配。",
  "empty.open": "没有处理中的会话", "emptyHint.open": "转过人工、还没结束的会话都在这里。",
  "empty.callback": "没有要回电的顾客", "emptyHint.callback": "下班时间转人工、留了联系方式的会在这里。",
  "empty.snoozed": "没有稍后处理的会话", "emptyHint.snoozed": "按 S 可以把会话先放一放，到点会回来。",
  "empty.mentions": "没有人 @您", "emptyHint.mentions": "同事在备注里 @您时会出现在这里。",
  "empty.closed": "还没有结束的会话", "emptyHint.closed": "结束的会话会留在这里，随时能查。",
  "empty.bot": "机器人现在没有接待", "emptyHint.bot": "顾客和机器人的对话会在这里，可以随时接手。",
  "empty.all": "还没有会话", "emptyHint.all": "顾客发来第一条消息就有了。",
  "standing.waiting": "排队中", "standing.mine": "我在接待", "standing.other": "同事接待", "standing.bot": "机器人", "standing.closed": "已结束", "standing.snoozed": "稍后处理",
  responseLeft: "首响剩 {span}", responseLate: "首响超时 {span}", resolutionLeft: "解决剩 {span}", resolutionLate: "解决超时 {span}",
  responsePromise: "首次回复时限", resolutionPromise: "解决时限",
  "priority.0": "低", "priority.1": "普通", "priority.2": "高", "priority.3": "紧急",
  viewing: "{names} 也在看", typing: "{names} 正在输入", you: "我", us: "客服", bot: "机器人", colleague: "同事", someone: "同事", colleagues: "同事", meMark: "（我）",
  "channel.web": "网页", "channel.api": "接口", "channel.telegram": "Telegram", "channel.wechat": "公众号", "channel.wecom": "微信客服", "channel.slack": "Slack", "channel.line": "LINE", "channel.whatsapp": "WhatsApp", "channel.email": "邮件", "channel.discord": "Discord", "channel.dingtalk": "钉钉", "channel.feishu": "飞书", "channel.messenger": "Messenger",
  "language.zh": "中文", "language.en": "英文", "lang.zh": "中", "lang.en": "英",
  "reason.asked": "要求人工", "reason.complaint": "投诉", "reason.failures": "答不上来", "reason.unsure": "拿不准", "reason.refused": "不接受规定", "reason.policy": "规定需人工", "reason.value": "金额较大", "reason.tool_failed": "操作失败", "reason.by_hand": "需后台处理", "reason.unsettled": "结果待确认", "reason.callback": "约了回电",
  "reason.self_harm": "自伤风险", "reason.injury": "人身伤害", "reason.legal": "法律纠纷", "reason.press": "媒体", "reason.personal_data": "个人信息",

  // 会话
  pickOne: "从左边选一个会话", backToList: "返回列表", stream: "聊天记录", newest: "新消息", toggleContext: "交接与顾客信息",
  take: "接手", taken: "已接手，机器人不再回复。", takeAnyway: "仍要接手", takenBy: "{name} 正在接待这位顾客。",
  handBack: "交还机器人", handedBack: "已交还机器人。", closeIt: "结束", closedNow: "会话已结束，顾客会收到评价邀请；再发消息就会重新打开。",
  transfer: "转接", transferred: "已转给 {name}。", backInQueue: "已放回排队。", transferNote: "给同事留句话（选填，顾客看不到）", toQueue: "放回排队", toQueueHint: "谁有空谁接",
  hasOpen: "手上 {n} 个", snooze: "稍后处理", snoozeUntil: "到什么时候", snoozedUntil: "已放到稍后处理，{at} 回来。", awake: "已移回处理中。", wakeNow: "现在就处理",
  inMinutes: "{n} 分钟后", inHours: "{n} 小时后", tomorrowMorning: "明早 9 点", nextMonday: "下周一早 9 点", pickMoment: "选个时间…",
  priority: "优先级", prioritySet: "优先级改为「{priority}」。", tag: "标签", tagName: "标签名", newTag: "新建「{tag}」", tagRemoved: "已去掉标签「{tag}」。", removeTag: "去掉标签 {tag}",
  merge: "合并会话", merged: "已合并。", mergeHint: "同一位顾客的重复会话，可以并到另一个里。", mergeSearch: "搜要并入的会话", mergedInto: "已并入另一个会话", mergedFrom: "并入的会话",
  moreActions: "更多操作", copyLink: "复制链接", copied: "链接已复制。", cancel: "取消",
  showOriginal: "看原文", showTranslation: "看译文", showSent: "看发给顾客的", showWritten: "看我写的", translatesTo: "译成{language}发送", sendsAsIs: "按原文发送", notTranslated: "没译成，已按原文发出。", source: "出处", openPage: "打开原页面", photo: "图片", enlarge: "看大图", was: "原价 ",
  products: "商品", noteMark: "内部备注",
  "news.waiting": "有 {n} 位顾客在等人工", "news.assigned": "新分配：{name}", "news.mention": "有人在 {name} 的会话里 @您", "news.message": "{name} 发来消息",

  // 输入
  write: "回复", writeWhat: "回复还是备注", "mode.reply": "回复顾客", "mode.note": "内部备注",
  placeholderReply: "回复顾客，输入 / 用快捷短语", placeholderNote: "写给同事看的备注，输入 @ 提醒同事",
  send: "发送", sendNow: "仍要发送", sendAndClose: "发送并结束", sentAndClosed: "已发送并结束会话。", saveNote: "记下备注",
  alsoTyping: "{names} 也在回复这位顾客，先看看对方发什么？", sendAnyway: "{names} 还在输入。再按一次就会发出。",
  charsLeft: "还能写 {n} 个字", charsOver: "超出 {n} 个字", cannedAnswers: "快捷短语", attach: "发图片", removePhoto: "去掉这张图",
  onlyPhotos: "只能发图片。", tooManyPhotos: "一次最多 {n} 张图。", photoTooLarge: "图片太大了。",
  sending: "发送中", sentLater: "连上后自动发出", maybeSaved: "不确定有没有存上，先看一眼再重试", notSent: "没发出去", retry: "重试", edit: "修改",
  hasIt: "{name} 正在接待，您可以写备注。", cannotReply: "现在不能回复这个会话。",
  lost: "这个会话已由同事接手，或者已被删除，后面的内容您看不到了。", notYours: "不由您接待",
  suggestion: "建议回复", insert: "填入", dismiss: "关闭",

  // 右栏
  context: "交接与顾客", close: "关闭", "section.packet": "交接单", "section.customer": "顾客", "section.orders": "订单", "section.earlier": "以往会话", "section.receipts": "办理记录", "section.coupons": "优惠券", "section.channels": "在用的渠道", joinedAt: "{time} 接上", "section.handovers": "以往转人工",
  noPacket: "没有交接单：这个会话没转过人工。", noProblem: "顾客要求人工，没说是什么事。", nextStep: "建议", promised: "答应过顾客", ordersTouched: "涉及订单", toolsRun: "机器人办过", tried: "已经试过", quoted: "引用过", callBack: "请联系顾客",
  "identity.anonymous": "身份未核实", "identity.order": "已核对订单", "identity.signed_in": "已登录", "identity.vouched": "客服确认",
  "mood.calm": "平和", "mood.unhappy": "不满", "mood.angry": "生气", wasAnswered: "答了", notAnswered: "没答上", keptForMe: "分给我", keptFor: "分给 {name}",
  email: "邮箱", phone: "电话", address: "地址", language: "语言", since: "注册时间", customerSince: "{date} 注册", until: "{date} 前有效",
  noOrders: "没有订单", noEarlier: "没有以往会话", runTool: "代客操作", runToolHere: "为这单办理", orderNumber: "订单 {n}", undone: "已撤销",
  unknownShopper: "还不知道这位顾客是谁。核实后可以在这里对上。", anonymousShopper: "还不知道这位顾客是谁。", findCustomer: "订单号、邮箱、手机号或姓名", nobodyFound: "没有找到这位顾客。",
  howKnown: "怎么核实的", "how.order_details": "报出了订单信息", "how.phone_call": "电话核实", "how.e_mail": "邮件核实", "how.other_channel": "其他渠道核实", thatsThem: "就是这位", identified: "已对上：{name}。",
  changes: "办理", looksUp: "查询", noTools: "现在没有可以代办的。", optional: "选填", choose: "请选择", noChoice: "不指定", instead: "换成", howMany: "数量", newOne: "新填一个", preview: "预览办理结果", lookUp: "查询", confirm: "确认办理",
  nothingYet: "还没有办理，确认后才生效。", goBack: "返回修改", back: "返回", validUntil: "{at} 前有效", outdated: "订单、价格或库存刚变了，什么都没做。请返回重新看一遍。", done: "已办好", toolDone: "「{tool}」已办好。", receiptShown: "凭据已发在会话里，顾客也能看到。", backToContext: "返回", insertIntoReply: "填进回复",
  "outcome.ok": "成功", "outcome.asked": "还在问", "outcome.proposed": "待确认", "outcome.not_found": "没找到", "outcome.refused": "不符合规定", "outcome.needs_identity": "需先核实身份", "outcome.failed": "失败",
  "ended.timed_out": "没人接，已退回机器人", "ended.cancelled": "顾客取消", "ended.returned": "交还机器人", "ended.resolved": "已解决", "ended.merged": "已合并",
  "movement.charge": "收款", "movement.refund": "退款",
  "order.unpaid": "待付款", "order.paid": "已付款", "order.packed": "已打包", "order.shipped": "已发货", "order.delivered": "已签收", "order.cancelled": "已取消", "order.returned": "已退货",
  "tool.order_status": "查订单", "tool.track_parcel": "查物流", "tool.refund_status": "查退款", "tool.list_orders": "查全部订单", "tool.product_facts": "查商品", "tool.compare_products": "比较商品", "tool.recommend": "推荐商品", "tool.shop_contact": "店铺联系方式", "tool.cancel_order": "取消订单", "tool.undo": "撤销上次办理", "tool.return_items": "退货", "tool.return_options": "查退货办法", "tool.exchange_items": "换货", "tool.change_items": "改商品规格", "tool.change_address": "改收货地址", "tool.change_default_address": "改默认地址", "tool.change_payment": "换付款方式", "tool.request_invoice": "开发票", "tool.protect_price": "价保退差", "tool.report_problem": "报缺件错发破损", "tool.notify_restock": "到货提醒", "tool.payment_methods": "查付款方式", "tool.coupons": "查优惠券",
  "confirm.cancel_order": "确认取消订单", "confirm.return_items": "确认退货", "confirm.exchange_items": "确认换货", "confirm.change_address": "确认改地址", "confirm.request_invoice": "确认开票", "confirm.undo": "确认撤销",
  "field.order_number": "订单号", "field.reason": "原因", "field.items": "商品", "field.refund_to": "退到哪里", "field.settle_with": "差价怎么付", "field.address": "地址", "field.pay_with": "付款方式", "field.buyer": "抬头类型", "field.title": "发票抬头", "field.email": "邮箱", "field.tax_number": "税号", "field.problem": "问题", "field.note": "说明", "field.wish": "希望", "field.product_id": "商品编号", "field.sku": "规格", "field.receipt": "凭据号", "field.query": "关键词", "field.product": "商品", "field.products": "商品", "field.named": "商品", "field.like": "类似于", "field.budget": "预算", "field.least": "最低", "field.most": "最高",
  "field.name": "姓名", "field.street": "详细地址", "field.city": "市", "field.country": "国家代码", "field.phone": "电话", "field.province": "省", "field.district": "区", "field.postcode": "邮编",
  "value.personal": "个人", "value.company": "企业", "value.missing": "少发", "value.wrong": "发错", "value.damaged": "破损", "value.replacement": "补发", "value.refund": "退款",

  // 时间
  today: "今天", yesterday: "昨天", tomorrow: "明天", justNow: "刚刚", seconds: "{n} 秒", minutes: "{n} 分钟", hours: "{n} 小时", days: "{n} 天", joint: " ", underMinute: "不到 1 分钟", colon: "：", comma: "、",

  // 出错
  failed: "没成功，请再试一次。", offlineAction: "网络不通，没成功。请稍后再试。", tooOften: "操作太快了，稍等一下。", notAllowed: "您没有这个权限。", notFound: "没有找到，可能已被删除，或您看不到。", undo: "撤销",

  // 键盘
  keyboard: "键盘快捷键", keysList: "列表", keysConversation: "会话", keysWriting: "输入框里", keysPage: "其他",
  keyMove: "上下移动", keyOpen: "打开", keySearch: "搜索", keyGoWaiting: "去待接入", keyGoMine: "去我的接待", keyGoOpen: "去处理中", keyUp: "回到列表", keyTools: "代客操作", keyNewLine: "换行", keyInsert: "填入建议回复", keyMention: "备注里提醒同事", keyLeave: "离开输入框", keyPrevious: "上一个会话", keyNext: "下一个会话", keyHelp: "看快捷键",
};
