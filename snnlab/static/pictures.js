// The explorer of codes: two menus, a clock, and four drawings. All frames of a choice are here before it is shown.

const PLAY = 6000; // ms of the reader's time for one window

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// Numbers in a buffer that need not be aligned.
function numbers(view, Type) {
  return new Type(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

function unpack(header, buffers) {
  return { ...header, frames: numbers(buffers[0], Uint8Array), t: numbers(buffers[1], Uint16Array), i: numbers(buffers[2], Uint32Array) };
}

function render({ model, el }) {
  const config = model.get("config"), calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const id = Math.random().toString(36).slice(2);
  let run = unpack(model.get("first"), model.get("first").data), at = run.times.length - 1, asked = 0, timer = null, look = {};

  // ---- the page ----
  const menu = (name, options) => {
    const select = make("select", {}, ...options.map((option) => make("option", { value: option, text: option })));
    return [select, make("label", {}, `${name} `, select)];
  };
  const [picture, pictureLabel] = menu("Picture", config.pictures), [code, codeLabel] = menu("Code", config.codes);
  const play = make("button", { type: "button", text: "Play" });
  const clock = make("input", { type: "range", min: 0, max: at, step: 1, "aria-label": "time" });
  const readout = make("p", { class: "snn-readout", role: "status", "aria-live": "polite" });
  const problem = make("p", { role: "alert", style: "color: var(--snn-bad)" });
  const drawing = (caption, pixels) => {
    const canvas = make("canvas", { role: "img", "aria-label": caption, ...(pixels ? { class: "snn-pixels" } : {}) });
    return [canvas, make("figure", {}, canvas, make("figcaption", { text: caption }))];
  };
  const [original, f1] = drawing("original", true), [rebuilt, f2] = drawing("rebuilt from the spikes so far", true);
  const [raster, f3] = drawing("spikes: neuron against time", false), [curve, f4] = drawing("error against time, and against spikes (dashed)", false);
  const box = make("div", { class: "snn-explore" }, make("div", { class: "snn-head" }, make("strong", { text: config.title })),
    make("div", { class: "snn-choices" }, pictureLabel, codeLabel), make("div", { class: "snn-pictures" }, f1, f2, f3, f4),
    make("div", { class: "snn-choices" }, play, clock), readout, problem);
  // As in explore.js: without this, arrows on the clock would change the notebook's cell, and "d d" on Play delete it.
  for (const control of box.querySelectorAll("button, input, select")) control.setAttribute("data-lm-suppress-shortcuts", "true");
  el.append(box);

  // ---- drawing ----
  function pixels(canvas, frame) {
    const { width, height, frames } = run, size = width * height;
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d"), image = context.createImageData(width, height);
    for (let k = 0; k < size; k++) {
      image.data.fill(frames[frame * size + k], 4 * k, 4 * k + 3);
      image.data[4 * k + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }

  function paper(canvas) {
    const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth || 240, height = Math.round(0.62 * width);
    canvas.style.height = `${height}px`;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.fillStyle = look.paper;
    context.fillRect(0, 0, width, height);
    context.font = "12px system-ui, sans-serif";
    return [context, width, height];
  }

  function axes(context, width, height, low, high, label, top) {
    const left = 34, right = width - 10, bottom = height - 34;
    context.strokeStyle = look.soft;
    context.fillStyle = look.ink;
    context.lineWidth = 1;
    context.strokeRect(left, 10, right - left, bottom - 10);
    context.textAlign = "left";
    context.fillText(low, left, bottom + 14);
    context.textAlign = "center";
    context.fillText(label, (left + right) / 2, bottom + 29);
    context.textAlign = "right";
    context.fillText(high, right, bottom + 14);
    context.fillText(top, left - 4, 18);
    context.fillText("0", left - 4, bottom);
    return [left, right, 10, bottom];
  }

  function drawRaster() {
    const [context, width, height] = paper(raster), now = run.times[at] / config.window;
    const [left, right, top, bottom] = axes(context, width, height, "0", `${config.window}`, "time (ms)", "");
    context.fillStyle = look.spike;
    const mark = Math.max(1, (bottom - top) / run.n);
    for (let k = 0; k < run.t.length && run.t[k] <= now * 65535 + 0.5; k++) {
      context.fillRect(left + (right - left) * (run.t[k] / 65535) - 0.6, bottom - (bottom - top) * ((run.i[k] + 1) / run.n), 1.2, mark);
    }
    context.fillStyle = look.soft;
    context.fillRect(left + (right - left) * now, top, 1, bottom - top);
  }

  function drawCurve() {
    const [context, width, height] = paper(curve), highest = Math.max(...run.error, 0.1), last = run.times.length - 1;
    const total = Math.max(run.count[last], 1);
    const [left, right, top, bottom] = axes(context, width, height, "0", "all", `${config.window} ms, or ${total} spikes`, highest.toFixed(1));
    const y = (k) => bottom - (bottom - top) * (run.error[k] / highest);
    for (const [x, colour, dash] of [[(k) => run.times[k] / config.window, look.trace, []], [(k) => run.count[k] / total, look.spike, [5, 4]]]) {
      context.strokeStyle = colour;
      context.lineWidth = 2;
      context.setLineDash(dash);
      context.beginPath();
      for (let k = 0; k <= last; k++) context.lineTo(left + (right - left) * x(k), y(k));
      context.stroke();
      context.setLineDash([]);
      context.fillStyle = colour;
      context.beginPath();
      context.arc(left + (right - left) * x(at), y(at), 4, 0, 2 * Math.PI);
      context.fill();
    }
  }

  function show() {
    pixels(original, 0);
    pixels(rebuilt, 1 + at);
    drawRaster();
    drawCurve();
    clock.value = at;
    readout.textContent = `${run.times[at].toFixed(1)} ms: ${run.count[at]} of ${run.count[run.count.length - 1]} spikes, error ${run.error[at].toFixed(3)}`;
    clock.setAttribute("aria-valuetext", readout.textContent);
    rebuilt.setAttribute("aria-label", `${run.picture}, rebuilt: ${readout.textContent}`);
  }

  // ---- time and choices ----
  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  }

  function start() {
    if (at >= run.times.length - 1) at = 0;
    play.textContent = "Pause";
    const step = calm ? 10 : 1; // fewer, larger steps for those who asked for less motion
    timer = setInterval(() => {
      at = Math.min(at + step, run.times.length - 1);
      show();
      if (at >= run.times.length - 1) stop();
    }, (PLAY * step) / run.times.length);
  }

  function ask() {
    asked += 1;
    problem.textContent = "";
    model.send({ type: "run", id: `${id} ${asked}`, picture: picture.value, code: code.value });
  }

  function receive(message, buffers) {
    if (message.id !== `${id} ${asked}`) return; // an answer to another view, or to an older choice
    if (message.type === "error") {
      stop();
      problem.textContent = message.message;
      return;
    }
    run = unpack(message, buffers);
    show();
  }

  picture.addEventListener("change", ask);
  code.addEventListener("change", ask);
  clock.addEventListener("input", () => {
    stop();
    at = Number(clock.value);
    show();
  });
  play.addEventListener("click", () => (timer ? stop() : start()));
  model.on("msg:custom", receive);

  // The colours of the theme that the page has now, and the drawings in them.
  function dress() {
    const style = getComputedStyle(box), found = style.backgroundColor.match(/[\d.]+/g) || [255, 255, 255];
    box.classList.toggle("snn-dark", 0.3 * found[0] + 0.59 * found[1] + 0.11 * found[2] < 128);
    const colour = (name) => style.getPropertyValue(`--snn-${name}`).trim();
    look = { paper: style.backgroundColor, ink: style.color, soft: colour("soft"), trace: colour("trace"), spike: colour("spike") };
    show();
  }
  const sizes = new ResizeObserver(dress);
  sizes.observe(box);
  const themes = new MutationObserver(() => requestAnimationFrame(dress));
  themes.observe(document.body, { attributes: true });
  dress();
  return () => {
    stop();
    sizes.disconnect();
    themes.disconnect();
    model.off("msg:custom", receive);
  };
}

export default { render };
