/** One WebSocket, opened again whenever it breaks. After each break everything shown is read again. */

const PING_EVERY = 20_000;
const SILENCE = 30_000;
const LONGEST_REST = 15_000;

/** @typedef {"connecting"|"online"|"offline"} Status */

export class Live {
  /** @param {{frame: (frame: any) => void, status: (status: Status) => void, resync: () => void, signedOut: () => void}} on */
  constructor(on) {
    this.on = on;
    this.failures = 0;
    this.socket = null;
    this.shown = null;
    this.stopped = true;
    this.wasOnline = false;
    addEventListener("online", () => this.restart());
    addEventListener("offline", () => this.drop());
    document.addEventListener("visibilitychange", () => document.hidden || this.check());
  }

  start() {
    this.stopped = false;
    this.connect();
  }

  stop() {
    this.stopped = true;
    this.wasOnline = false;
    this.drop();
  }

  restart() {
    this.failures = 0;
    this.drop();
    this.connect();
  }

  /** Which conversation is on the screen. @param {string|null} id */
  show(id) {
    this.shown = id;
    this.send({ type: "open", conversation_id: id });
  }

  /** @param {object} frame  lost when there is no line: nothing that matters goes this way */
  send(frame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  /** A laptop that slept has a dead line that looks alive. */
  check() {
    if (!this.stopped && Date.now() - this.heard > SILENCE) this.restart();
  }

  connect() {
    clearTimeout(this.timer);
    if (this.stopped || this.socket) return;
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/console/api/ws`);
    this.socket = socket;
    this.heard = Date.now();
    this.pulse = setInterval(() => {
      if (Date.now() - this.heard > SILENCE) this.drop();
      else this.send({ type: "ping" });
    }, PING_EVERY);
    socket.onopen = () => this.opened();
    socket.onmessage = ({ data }) => this.heardFrame(JSON.parse(data));
    socket.onclose = ({ code }) => {
      if (socket !== this.socket) return;
      if (code === 4401) this.on.signedOut();
      this.drop();
    };
  }

  opened() {
    this.failures = 0;
    this.heard = Date.now();
    this.on.status("online");
    this.show(this.shown);
    // Between the first page and the first line something may have happened, too.
    this.on.resync();
    this.wasOnline = true;
  }

  heardFrame(frame) {
    this.heard = Date.now();
    if (frame.type === "pong") return;
    if (frame.type === "signed_out") this.on.signedOut();
    else if (frame.type === "resync") this.on.resync();
    else this.on.frame(frame);
  }

  drop() {
    clearInterval(this.pulse);
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    if (this.stopped) return;
    this.failures += 1;
    this.on.status(navigator.onLine && this.failures < 3 ? "connecting" : "offline");
    const rest = Math.min(LONGEST_REST, 400 * 2 ** Math.min(this.failures, 6)) * (0.5 + Math.random() / 2);
    this.timer = setTimeout(() => this.connect(), rest);
  }
}
