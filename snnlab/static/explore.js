// The explorer's controls, its messages and its clock. `draw.js`, `plane.js`, `sound.js` and `pad.js` stand in
// front of this file (one module, no build).

const SPEEDS = [[1, "as fast as life"], [5, "5 times slower"], [10, "10 times slower"], [20, "20 times slower"], [40, "40 times slower"], [100, "100 times slower"], [400, "400 times slower"]];
const CHUNK = 50; // ms of model time in one live message, at most
const PATIENCE = 4000; // ms without an answer before the reader is told

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

function decimals(step) {
  return Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)));
}

function spell(slider, value) {
  const text = value.toFixed(Math.max(decimals(slider.step), slider.whole ? 0 : (String(+value.toPrecision(6)).split(".")[1] || "").length));
  return slider.unit ? `${text} ${slider.unit}` : text;
}

// Numbers in a buffer that need not be aligned.
function numbers(view, Type) {
  return view && view.byteLength ? new Type(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength)) : new Type(0);
}

function planeOf([path, x, y, flow]) {
  return { path: [path], x, y, flow };
}

// A frame from Python with its buffers as arrays: rows of (t, v) pairs, and spikes {t, i}.
function unpack(frame, buffers) {
  const samples = numbers(buffers[0], Float32Array), times = numbers(buffers[1], Uint16Array), ids = numbers(buffers[2], Uint32Array);
  const rows = [];
  if (frame.shape) {
    const [count, n] = frame.shape, span = frame.t1 - frame.t0;
    for (let k = 0; k < count; k++) {
      const pairs = new Float64Array(2 * n);
      for (let i = 0; i < n; i++) {
        // "minmax": both values of a column stand at its left edge, one vertical stroke
        pairs[2 * i] = frame.form === "raw" ? frame.first + i * frame.dt : frame.t0 + (span * (i >> 1)) / (n >> 1);
        pairs[2 * i + 1] = samples[k * n + i];
      }
      rows.push(pairs);
    }
  }
  const spikes = Array.from(times, (t, k) => ({ t: frame.t0 + ((frame.t1 - frame.t0) * t) / 65535, i: ids[k] }));
  const plane = frame.plane && { ...frame.plane, ...planeOf(buffers.slice(4).map((buffer) => numbers(buffer, Float32Array))) };
  return { ...frame, rows, spikes, plane, curve: numbers(buffers[3], Float32Array) }; // the curve is empty if there is none
}

class View {
  constructor(model, el) {
    this.model = model;
    this.config = model.get("config");
    this.id = Math.random().toString(36).slice(2);
    this.values = this.startValues();
    this.mode = "whole"; // or "live"
    this.running = this.pressed = this.over = this.stale = this.again = false;
    this.waiting = null; // the one message in flight: {id, at, timer}
    this.sent = 0;
    this.points = [];
    this.ranges = [];
    this.cursor = null;
    this.speed = model.get("first").n > 1 ? 10 : 40; // one neuron is watched spike by spike
    this.clicks = new Clicks();
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.build(el);
    this.onMessage = (message, buffers) => this.receive(message, buffers || []);
    model.on("msg:custom", this.onMessage);
    const first = model.get("first");
    const start = unpack(first, first.data || []);
    this.firstCurve = start.curve;
    this.firstOthers = this.config.curve ? JSON.stringify({ ...start.values, [this.config.curve]: 0 }) : "";
    this.show(start);
    this.observe();
  }

  startValues() {
    return { ...Object.fromEntries(this.config.sliders.map((s) => [s.name, s.value])), ...this.config.fixed };
  }

  // ---- the page ----
  build(el) {
    const c = this.config, uid = `snn-${this.id}`;
    const button = (text, action, extra = {}) => {
      const node = make("button", { type: "button", text, ...extra });
      node.addEventListener("click", action);
      return node;
    };
    this.canvas = make("canvas", { role: "img" });
    this.stage = make("div", { class: "snn-stage" }, this.canvas);
    this.readout = make("p", { class: "snn-readout" });
    this.fixedPoints = make("div", { class: "snn-points", hidden: true });
    this.score = make("p", { class: "snn-score", hidden: !c.goal });
    this.error = make("p", { class: "snn-error", role: "alert", hidden: true });
    this.spoken = make("p", { class: "snn-spoken", "aria-live": "polite" });
    this.root = make("section", { class: "snn-explore", "aria-label": `Live explorer: ${c.title}` });
    const head = make("div", { class: "snn-head" }, make("strong", { text: c.title }));
    if (c.goal) head.append(make("span", { class: "snn-goal", text: `Goal: exactly ${c.goal.spikes} spikes in ${c.goal.within} ms` }));
    this.root.append(head, this.stage, this.readout, this.fixedPoints, this.score, this.error);
    const sliders = this.sliders(uid);
    if (c.live) this.root.append(...this.liveControls(button, uid));
    this.root.append(c.pad ? this.padBeside(sliders) : sliders);
    const foot = make("div", { class: "snn-row" });
    if (Object.keys(c.presets).length) foot.append(this.presetMenu(uid));
    this.sound = make("input", { type: "checkbox", id: `${uid}-sound` });
    this.sound.addEventListener("change", () => this.switchSound());
    this.listenButton = button("Listen", () => this.listen(), { hidden: true });
    this.others = make("span", { class: "snn-others", hidden: !Object.keys(c.fixed).length });
    foot.append(this.others);
    foot.append(button("Reset", () => this.reset()), make("label", { class: "snn-check" }, this.sound, " Sound: a click for every spike"), this.listenButton);
    this.root.append(foot, this.spoken);
    this.writeSliders();
    // JupyterLab's shortcuts look at the focused element itself: without this, arrows on a slider change the cell,
    // and "d d" on a button deletes it
    for (const control of this.root.querySelectorAll("button, input, select, .snn-pad")) control.setAttribute("data-lm-suppress-shortcuts", "true");
    el.append(this.root);
  }

  sliders(uid) {
    const box = make("div", { class: "snn-sliders" });
    this.inputs = {};
    for (const s of this.config.sliders) {
      const id = `${uid}-${s.name}`;
      const input = make("input", { type: "range", id, min: s.low, max: s.high, step: s.step });
      const output = make("output", { for: id });
      input.addEventListener("input", () => {
        this.values[s.name] = Number(input.value);
        this.changed();
      });
      this.inputs[s.name] = { input, output, slider: s };
      const name = make("label", { for: id }, make("b", { text: s.name }));
      if (s.meaning) name.append(` ${s.meaning}`);
      box.append(make("div", { class: "snn-slider" }, name, input, output));
    }
    return box;
  }

  padBeside(sliders) {
    this.pad = new Pad(this.config.pad.map((name) => this.inputs[name].slider), this.config.presets, (values) => {
      if (Object.entries(values).every(([name, value]) => this.values[name] === value)) return; // the same step
      Object.assign(this.values, values);
      this.changed();
      this.pad.paint(this.look()); // at once: the picture follows when Python has answered
    });
    return make("div", { class: "snn-pad-row" }, this.pad.canvas, sliders);
  }

  liveControls(button, uid) {
    const rows = [];
    if (this.config.hold) {
      this.holdButton = button("", () => {}, { class: "snn-hold", "aria-pressed": "false" });
      this.keep = make("input", { type: "checkbox", id: `${uid}-keep` });
      this.keep.addEventListener("change", () => this.inject(this.pressed));
      rows.push(make("div", { class: "snn-row" }, this.holdButton, make("label", { class: "snn-check" }, this.keep, " keep it on")));
      this.listenForHold();
    }
    this.runButton = button("Run", () => this.toggleRun());
    this.stepButton = button("Step 1 ms", () => this.step());
    // out of use in a whole run, but never disabled: the focus would be lost
    this.restartButton = button("Back to 0 ms", () => this.mode === "live" && this.restart(false));
    this.wholeButton = button("Whole run", () => this.mode === "live" && this.showWhole());
    const select = make("select", { id: `${uid}-speed` });
    SPEEDS.forEach(([factor, text]) => select.append(make("option", { value: factor, text, selected: factor === this.speed })));
    select.addEventListener("change", () => (this.speed = Number(select.value)));
    const speed = make("label", {}, "Speed ", select);
    const row = make("div", { class: "snn-row", role: "group", "aria-label": "Run it live" });
    row.append(this.runButton, this.stepButton, this.restartButton, this.wholeButton, speed);
    return [...rows, row];
  }

  presetMenu(uid) {
    this.preset = make("select", { id: `${uid}-preset` }, make("option", { value: "", text: "choose \u2026" }));
    Object.keys(this.config.presets).forEach((name) => this.preset.append(make("option", { value: name, text: name })));
    this.preset.addEventListener("change", () => {
      if (!this.preset.value) return;
      Object.assign(this.values, this.config.presets[this.preset.value]);
      this.ranges = [];
      this.writeSliders();
      this.changed(true);
    });
    return make("label", {}, "Preset ", this.preset);
  }

  // Space, Enter or the pointer hold the current on. Space works on the sliders too, which don't use it.
  listenForHold() {
    const isHold = (event) => event.target === this.holdButton ? ["Space", "Enter"].includes(event.code) : event.code === "Space" && event.target.type === "range";
    this.root.addEventListener("keydown", (event) => {
      if (!isHold(event)) return;
      event.preventDefault();
      if (!event.repeat) this.press(true);
    });
    this.onRelease = (event) => {
      if (event.type !== "keyup" || ["Space", "Enter"].includes(event.code)) this.press(false);
    };
    this.holdButton.addEventListener("pointerdown", (event) => event.button === 0 && this.press(true));
    for (const type of ["keyup", "pointerup", "pointercancel", "blur"]) window.addEventListener(type, this.onRelease);
    this.holdButton.addEventListener("click", (event) => {
      if (event.detail) return; // a click without pointer or key: a screen reader's, which can't hold
      this.keep.click();
      this.start();
    });
    // a picture that is clicked gives the keyboard to the button, so that the space bar works at once
    this.stage.addEventListener("click", () => this.holdButton.focus({ preventScroll: true }));
  }

  observe() {
    const redraw = () => this.draw();
    this.resizer = new ResizeObserver(redraw);
    this.resizer.observe(this.stage);
    this.theme = new MutationObserver(redraw); // JupyterLab writes its theme on the body
    this.theme.observe(document.body, { attributes: true });
    this.tick = this.tick.bind(this);
  }

  close() {
    this.running = false;
    this.model.off("msg:custom", this.onMessage);
    this.resizer.disconnect();
    this.theme.disconnect();
    clearTimeout(this.waiting?.timer);
    clearTimeout(this.later);
    this.clicks.stop();
    if (this.onRelease) for (const type of ["keyup", "pointerup", "pointercancel", "blur"]) window.removeEventListener(type, this.onRelease);
  }

  writeSliders() {
    for (const [name, { input, output, slider }] of Object.entries(this.inputs)) {
      const value = this.values[name], text = spell(slider, value);
      if (Number(input.value) !== value) input.value = value;
      output.textContent = text.replace("-", "\u2212");
      input.setAttribute("aria-valuetext", text);
    }
    this.pad?.write(this.values);
    const others = Object.keys(this.config.fixed).map((name) => [`${name} = ${shortNumber(this.values[name])}`, this.config.units[name]].join(" ").trim());
    this.others.textContent = `with ${others.join(", ")}`;
    if (this.holdButton) {
      const { slider } = this.inputs[this.config.hold];
      this.holdButton.textContent = `Hold to inject ${spell(slider, this.values[this.config.hold])} (space bar)`;
    }
  }

  // ---- values ----
  changed(fromPreset = false) {
    if (this.preset && !fromPreset) this.preset.value = "";
    this.writeSliders();
    if (this.mode === "live" && !this.over) return; // the next piece of the running neuron takes the new values
    this.mode = "whole";
    this.run();
  }

  reset() {
    this.values = this.startValues();
    this.points = [];
    this.ranges = [];
    this.running = false;
    this.mode = "whole";
    if (this.keep) this.keep.checked = false;
    this.changed();
  }

  // ---- messages: one in flight, the latest values win ----
  ask(message) {
    const id = ++this.sent;
    clearTimeout(this.waiting?.timer);
    this.waiting = { id, type: message.type, timer: setTimeout(() => this.lost(), PATIENCE) };
    try {
      this.model.send({ ...message, view: this.id, id, values: this.values });
    } catch {
      this.lost(); // the kernel has gone
    }
  }

  lost() {
    if (this.waiting.type === "live") this.running = false; // or pieces would pile up behind a busy kernel
    clearTimeout(this.waiting.timer);
    this.waiting = null; // a late answer is still welcome; a lost one must not hold up the next
    this.labelButtons();
    this.readout.textContent = "No answer from Python. It may be busy with another cell; if not, run this cell again.";
    this.score.hidden = true;
    this.say(this.readout.textContent);
  }

  run() {
    if (this.waiting) this.again = true;
    else this.ask({ type: "run", columns: Math.round(this.place.panels[0].w * Math.min(2, window.devicePixelRatio || 1)) });
  }

  receive(message, buffers) {
    if (message.view !== this.id || message.id < this.sent) return;
    const asked = this.waiting?.type;
    clearTimeout(this.waiting?.timer);
    this.waiting = null;
    if (message.type === "error") this.fail(message.message);
    else if (this.mode === "live" && message.t1 !== undefined && asked !== "run") this.grow(unpack(message, buffers));
    else if (this.mode === "whole" && asked !== "live") this.show(unpack(message, buffers));
    if (this.again) {
      this.again = false;
      if (this.mode === "whole") this.run();
    }
  }

  fail(text) {
    this.error.textContent = `These values don't work: ${text}`;
    this.error.hidden = false;
    this.stale = true;
    this.running = false;
    this.readout.textContent = "The picture above is the last one that worked.";
    this.score.hidden = true;
    this.draw();
    this.labelButtons();
  }

  fine(frame) {
    this.error.hidden = true;
    this.stale = false;
    this.readout.textContent = frame.text;
    this.score.hidden = !frame.goal;
    if (frame.goal) {
      this.score.textContent = `${frame.goal.met ? "\u2713 " : frame.goal.over ? "\u2717 " : ""}${frame.goal.text}`;
      this.score.classList.toggle("snn-met", frame.goal.met);
    }
    this.canvas.setAttribute("aria-label", frame.alt);
    this.fixedPoints.hidden = !frame.plane;
    const lines = frame.plane ? frame.plane.lines : [];
    this.fixedPoints.replaceChildren(...lines.map((text) => make("p", { text: text.replace(/-(?=\d)/g, "\u2212") })));
    this.say([frame.text, ...(frame.goal ? [frame.goal.text] : []), ...lines].join(". "));
  }

  // The whole curve follows every frame. Beside it, dots of earlier settings would only be in the way: they go, and
  // a dashed line keeps the curve of the start values to compare with. Without it, those dots are all there is.
  follow(frame, isRun) {
    const x = this.config.curve;
    if (!x) return;
    const others = JSON.stringify({ ...frame.values, [x]: 0 });
    const whole = this.firstCurve.length > 0;
    this.curve = frame.curve;
    this.moved = others !== this.firstOthers;
    if (isRun) {
      this.points = this.points.filter((p) => p.x !== frame.values[x] || p.others !== others);
      this.points.push({ x: frame.values[x], y: frame.rate, others });
    }
    if (whole) this.points = this.points.filter((p) => p.others === others);
    this.points = this.points.slice(-500).map((p) => ({ ...p, current: p.others === others }));
  }

  // ---- a whole run ----
  show(frame) {
    this.frame = frame;
    this.mode = "whole";
    this.follow(frame, true);
    this.fine(frame);
    this.draw();
    this.labelButtons();
    if (this.sound.checked) {
      this.clicks.stop();
      clearTimeout(this.later);
      this.later = setTimeout(() => this.listen(), 350);
    }
  }

  showWhole() {
    this.running = false;
    this.mode = "whole";
    this.again = Boolean(this.waiting);
    if (!this.waiting) this.run();
  }

  // ---- a live run ----
  restart(running) {
    this.mode = "live";
    this.over = false;
    this.fresh = true; // the next message starts a new neuron
    this.t = 0;
    this.waiting = clearTimeout(this.waiting?.timer) || null; // its answer comes too late
    this.live = { rows: [], spikes: [], current: [], path: [] };
    this.clicks.stop();
    clearTimeout(this.later);
    if (running) this.start();
    else {
      this.running = false;
      this.step();
    }
  }

  start() {
    if (this.mode !== "live" || this.over) return this.restart(true);
    if (this.running) return;
    this.running = true;
    this.clock = performance.now();
    this.drawn = 0;
    this.labelButtons();
    requestAnimationFrame(this.tick);
  }

  toggleRun() {
    if (this.mode === "live" && this.running) {
      this.running = false;
      this.labelButtons();
      this.draw();
    } else this.start();
  }

  step() {
    if (this.mode !== "live" || this.over) return this.restart(false);
    this.running = false;
    this.labelButtons();
    if (!this.waiting) this.advance(Math.round(1 / this.config.dt) || 1);
  }

  press(on) {
    if (on === this.pressed) return;
    this.inject(on);
    if (on) this.start();
  }

  inject(on) {
    this.pressed = on;
    this.holdButton.setAttribute("aria-pressed", String(on || this.keep.checked));
    this.draw();
  }

  tick(now) {
    if (!this.running) return;
    requestAnimationFrame(this.tick);
    if (this.waiting) return;
    const due = Math.min(CHUNK, (now - this.clock) / this.speed), steps = Math.floor(due / this.config.dt + 1e-9);
    if (steps < 1) return;
    this.clock = now - (due - steps * this.config.dt) * this.speed;
    this.advance(steps);
  }

  advance(steps) {
    if (this.config.goal) steps = Math.min(steps, Math.round((this.config.goal.within - this.t) / this.config.dt));
    const on = this.config.hold ? this.pressed || this.keep.checked : true;
    this.ask({ type: "live", on, steps: Math.max(1, steps), restart: this.fresh });
    this.fresh = false;
  }

  // The newest piece of a live run: join it to what is there, forget what has left the window.
  grow(frame) {
    const { rows, spikes, current, path } = this.live;
    frame.rows.forEach((pairs, k) => (rows[k] = rows[k] || []).push(...(pairs.length ? [pairs] : [])));
    spikes.push(...frame.spikes);
    const last = current[current.length - 1];
    if (last && last[2] === frame.current) last[1] = frame.t1;
    else current.push([frame.t0, frame.t1, frame.current]);
    this.t = frame.t1;
    const left = this.t - this.config.t_stop;
    rows.forEach((chunks) => {
      while (chunks.length && chunks[0][chunks[0].length - 2] < left) chunks.shift();
    });
    while (spikes.length && spikes[0].t < left - 0.02 * this.config.t_stop) spikes.shift(); // the first bin stays whole
    while (current.length && current[0][1] < left) current.shift();
    if (frame.plane && frame.plane.path[0].length) path.push(this.linked(path, frame.plane.path[0]));
    while (path.length && path[0][path[0].length - 3] < left) path.shift();
    this.frame = { ...frame, values: frame.values };
    this.follow(frame, false);
    if (this.sound.checked) this.clicks.play(frame.spikes.map((s) => ((s.t - frame.t0) * this.speed) / 1000));
    if (frame.goal?.over) {
      this.over = true;
      this.running = false;
    }
    this.fine(frame);
    if (!this.calm || !this.running || performance.now() - this.drawn > 250) {
      this.drawn = performance.now();
      this.draw();
    }
    this.labelButtons();
  }

  // A piece of the path, begun with the last row of the one before, so that they join.
  linked(path, piece) {
    if (!path.length) return piece;
    const joined = new Float32Array(piece.length + 3), before = path[path.length - 1];
    joined.set(before.subarray(before.length - 3));
    joined.set(piece, 3);
    return joined;
  }

  labelButtons() {
    if (!this.config.live) return;
    const live = this.mode === "live";
    this.runButton.textContent = live && this.running ? "Pause" : live && !this.over ? "Go on" : "Run";
    for (const button of [this.wholeButton, this.restartButton]) button.setAttribute("aria-disabled", String(!live));
  }

  // ---- sound and speech ----
  switchSound() {
    if (this.sound.checked && !this.clicks.switchOn()) {
      this.sound.checked = false;
      this.sound.disabled = true;
      this.say("This browser can't make sound.");
    }
    if (!this.sound.checked) this.clicks.stop();
    this.listenButton.hidden = !this.sound.checked;
    if (this.sound.checked && this.mode === "whole") this.listen();
  }

  // Plays a whole run, slowly if it is short, with a line that shows where we are.
  listen() {
    if (this.mode !== "whole" || !this.clicks.context) return;
    const slower = Math.max(1, 1500 / (this.frame.t1 - this.frame.t0)), began = performance.now();
    this.clicks.stop();
    this.clicks.play(this.frame.spikes.map((s) => (s.t * slower) / 1000));
    const frame = this.frame;
    const move = () => {
      const t = (performance.now() - began) / slower;
      const going = frame === this.frame && this.mode === "whole" && t < frame.t1 && this.sound.checked;
      this.cursor = going && !this.calm ? t : null;
      this.draw();
      if (going && !this.calm) requestAnimationFrame(move);
    };
    move();
  }

  // At most one announcement in 1.5 s, always ending with the latest.
  say(text) {
    this.words = text;
    if (this.talking) return;
    this.talking = setTimeout(() => {
      this.talking = null;
      if (this.spoken.textContent !== this.words) this.spoken.textContent = this.words;
    }, 1500);
  }

  // ---- the picture ----
  scene() {
    const f = this.frame, c = this.config, live = this.mode === "live" && this.live;
    const high = live ? Math.max(c.t_stop, this.t) : f.t1, low = live ? high - c.t_stop : f.t0;
    const rows = live ? this.live.rows : f.rows.map((pairs) => [pairs]);
    const trace = f.shape ? this.traces(f, rows) : null;
    const hold = c.hold ? this.inputs[c.hold].slider : null;
    const x = c.curve ? this.inputs[c.curve].slider : null;
    let mode = "whole run" + (c.hold ? ", constant current" : "");
    if (live) mode = this.over ? "live, the round is over" : this.running ? `live, ${this.t.toFixed(0)} ms` : `paused at ${this.t.toFixed(1)} ms`;
    return {
      mode, low, high, n: f.n, groups: f.groups, trace, plane: f.plane && { ...f.plane, path: live ? this.live.path : f.plane.path },
      threshold: f.threshold, mark: f.mark, top: f.spike_top, ids: f.ids, spikes: live ? this.live.spikes : f.spikes,
      now: live ? this.t : f.t1, weight: live ? 1 : f.count / Math.max(1, f.spikes.length), stale: this.stale, cursor: live ? this.t : this.cursor,
      hold, current: live ? this.live.current : hold ? [[f.t0, f.t1, f.values[hold.name]]] : [],
      curve: x && { points: this.points, line: this.curve, start: this.moved ? this.firstCurve : [], low: x.low, high: x.high, label: x.unit ? `${x.name} (${x.unit})` : x.name },
    };
  }

  // The panels of the traces: {names, unit, rows, range}. A range grows with what it shows and never shrinks.
  traces(f, rows) {
    let at = 0;
    return f.panels.map(({ names, unit, rows: count }, k) => {
      const first = at;
      at += count;
      let bottom = Infinity, top = -Infinity;
      if (!k) (bottom = f.threshold ?? Infinity), (top = Math.max(f.threshold ?? -Infinity, f.spike_top ?? -Infinity));
      for (const pairs of f.rows.slice(first, at)) for (let i = 1; i < pairs.length; i += 2) (bottom = Math.min(bottom, pairs[i])), (top = Math.max(top, pairs[i]));
      const pad = 0.06 * (top - bottom || 1);
      if (!this.ranges[k]) this.ranges[k] = { low: bottom - pad, high: top + pad };
      if (bottom < this.ranges[k].low) this.ranges[k].low = bottom - pad;
      if (top > this.ranges[k].high) this.ranges[k].high = top + pad;
      return { names, unit, rows: rows.slice(first, at), range: this.ranges[k] };
    });
  }

  look() {
    const style = getComputedStyle(this.root);
    const paper = style.backgroundColor.match(/[\d.]+/g)?.map(Number) || [255, 255, 255];
    const dark = 0.299 * paper[0] + 0.587 * paper[1] + 0.114 * paper[2] < 128; // whatever theme the page has
    this.root.classList.toggle("snn-dark", dark);
    const color = (name) => style.getPropertyValue(`--snn-${name}`).trim();
    return {
      font: `12px ${style.fontFamily}`, paper: style.backgroundColor, ink: style.color, soft: color("soft"), trace: color("trace"),
      spike: color("spike"), current: color("current"), currentFill: color("current-fill"),
    };
  }

  draw() {
    if (!this.frame || (this.place && !this.stage.clientWidth)) return; // scrolled away, JupyterLab takes it off the page
    const width = Math.max(280, this.stage.clientWidth || 720), scene = this.scene(), scale = window.devicePixelRatio || 1;
    this.place = layout(width, scene);
    const { height } = this.place;
    if (this.canvas.width !== Math.round(width * scale) || this.canvas.height !== Math.round(height * scale)) {
      this.canvas.width = Math.round(width * scale);
      this.canvas.height = Math.round(height * scale);
      this.canvas.style.height = `${height}px`;
      this.canvas.style.width = `${width}px`;
    }
    const ctx = this.canvas.getContext("2d");
    ctx.setTransform(scale, 0, 0, scale, 0, 0);
    const look = this.look();
    paint(ctx, this.place, scene, look);
    this.pad?.paint(look);
    this.frames = (this.frames || 0) + 1; // for the browser test
    this.root.dataset.frames = this.frames;
  }
}

function render({ model, el }) {
  const view = new View(model, el);
  return () => view.close();
}

export default { render };
