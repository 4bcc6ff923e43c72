// Drawing: everything on the canvas, from plain data. No widget, no message, no state of its own.

const AXIS = 62; // room for the numbers and the name of a vertical axis
const GAP = 14;
const TRACE_DASHES = [[], [7, 3], [2, 3]];

function niceStep(span, count) {
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((m) => m * power).find((step) => step >= rough * 0.999);
}

function ticks(low, high, count) {
  const step = niceStep(high - low, count);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-6; k++) found.push(+(k * step).toPrecision(10));
  return found;
}

function shortNumber(x) {
  return Math.abs(x) >= 1e6 ? x.toExponential(0) : String(+x.toPrecision(Math.abs(x) >= 10000 ? 6 : 4)).replace("-", "\u2212");
}

// Where the panels stand: {width, height, panels: [{kind, x, y, w, h, part}], curve, plane}. `part` is the index of a
// trace's panel. With room, the curve stands beside the time panels, or below them if the phase plane stands there.
function layout(width, scene) {
  const room = width >= 640, alone = width - AXIS - 14;
  const beside = room && (scene.plane || scene.curve);
  const sideWidth = !beside ? 0 : scene.plane ? Math.min(430, width * 0.46) : Math.min(280, width * 0.34);
  const w = alone - (beside ? sideWidth + GAP : 0);
  const many = scene.n > 1, parts = scene.trace ? scene.trace.length : 0;
  const heights = [];
  for (let part = 0; part < parts; part++) heights.push(["trace", many ? 130 : [190, 140, 110][Math.min(parts, 3) - 1], part]);
  if (many) heights.push(["raster", 170], ["rate", 56]);
  else heights.push(["ticks", 16]);
  if (scene.hold) heights.push(["current", 34]);
  let y = 22;
  const panels = heights.map(([kind, h, part]) => {
    const panel = { kind, x: AXIS, y, w, h, part };
    y += h + GAP;
    return panel;
  });
  const bottom = y - GAP;
  let height = bottom + 38;
  const side = width - sideWidth + AXIS - GAP, sideInner = sideWidth - AXIS - 2;
  let curve = null, plane = null;
  if (scene.plane && beside) plane = { x: side, y: 22, w: sideInner, h: 0 };
  if (scene.curve && beside && !plane) curve = { x: side, y: 22, w: sideInner, h: bottom - 22 };
  else if (scene.curve && beside) {
    curve = { x: AXIS, y: height + 26, w, h: 110 };
    height += 26 + 110 + 38;
  }
  if (plane) {
    height = Math.max(height, 22 + Math.min(300, plane.w) + 60);
    plane.h = Math.min(height - 22 - 60, plane.w * 1.15);
  } else if (scene.plane) {
    plane = { x: AXIS, y: height + 26, w: alone, h: Math.min(340, Math.max(240, alone)) };
    height = plane.y + plane.h + 60;
  }
  if (scene.curve && !curve) {
    curve = { x: AXIS, y: height + 26, w: alone, h: 110 };
    height += 26 + 110 + 38;
  }
  return { width, height, bottom, panels, curve, plane };
}

function paint(ctx, place, scene, look) {
  ctx.clearRect(0, 0, place.width, place.height);
  ctx.font = look.font;
  ctx.lineJoin = "round";
  const time = { low: scene.low, high: scene.high };
  for (const panel of place.panels) {
    ctx.save();
    if (scene.stale) ctx.globalAlpha = 0.45;
    PAINTERS[panel.kind](ctx, panel, scene, look, (t) => panel.x + (panel.w * (t - time.low)) / (time.high - time.low));
    ctx.restore();
  }
  const first = place.panels[0];
  label(ctx, look, scene.mode, first.x, 12, "left", look.ink, true);
  timeAxis(ctx, first, place.bottom, time, look);
  if (scene.cursor !== null && scene.cursor >= time.low && scene.cursor <= time.high) {
    const x = first.x + (first.w * (scene.cursor - time.low)) / (time.high - time.low);
    line(ctx, look.ink, 1, [], [x, first.y, x, place.bottom]);
  }
  if (place.curve) paintCurve(ctx, place.curve, scene.curve, look);
  if (place.plane) paintPlane(ctx, place.plane, { ...scene.plane, stale: scene.stale }, look);
}

const PAINTERS = {
  trace(ctx, panel, scene, look, x) {
    const { names, unit, rows, range } = scene.trace[panel.part], several = names.length > 1;
    const { low, high } = range, threshold = panel.part ? null : scene.threshold;
    const y = (v) => panel.y + panel.h * (1 - (v - low) / (high - low));
    const name = names.join(", ");
    verticalAxis(ctx, panel, low, high, unit ? `${name} (${unit})` : name, look, y, panel.h < 120 ? 3 : 5);
    if (several) traceKey(ctx, panel, names, look);
    clip(ctx, panel);
    if (threshold !== null) {
      line(ctx, look.soft, 1.2, [6, 4], [panel.x, y(threshold), panel.x + panel.w, y(threshold)]);
    }
    rows.forEach((row, k) => {
      ctx.beginPath();
      row.forEach((points, piece) => {
        if (piece === 0) ctx.moveTo(x(points[0]), y(points[1]));
        for (let i = 0; i < points.length; i += 2) ctx.lineTo(x(points[i]), y(points[i + 1]));
      });
      ctx.setLineDash(TRACE_DASHES[k % 3]);
      ctx.strokeStyle = several ? [look.trace, look.spike, look.current][k % 3] : look.trace;
      ctx.lineWidth = 1.7;
      ctx.stroke();
    });
    if (scene.top !== null && !panel.part) drawnSpikes(ctx, scene, range, look, x, y);
    if (threshold !== null) tag(ctx, look, scene.mark, panel.x + panel.w - ctx.measureText(scene.mark).width - 8, y(threshold) + (y(threshold) - panel.y < 16 ? 10 : -10), look.soft);
  },
  ticks(ctx, panel, scene, look, x) {
    label(ctx, look, "spikes", panel.x - 8, panel.y + panel.h / 2, "right", look.ink);
    clip(ctx, panel);
    ctx.beginPath();
    for (const s of scene.spikes) {
      ctx.moveTo(x(s.t), panel.y);
      ctx.lineTo(x(s.t), panel.y + panel.h);
    }
    ctx.strokeStyle = look.spike;
    ctx.lineWidth = 2;
    ctx.stroke();
  },
  raster(ctx, panel, scene, look, x) {
    const row = panel.h / scene.n;
    const y = (i) => panel.y + panel.h - (i + 0.5) * row;
    verticalAxis(ctx, panel, 0, scene.n, "neuron", look, (i) => panel.y + panel.h - i * row, 4);
    clip(ctx, panel);
    ctx.fillStyle = look.ink;
    const size = Math.max(1.3, Math.min(3, row * 0.8)), tall = Math.max(size, row * 0.7);
    for (const s of scene.spikes) ctx.fillRect(x(s.t) - size / 2, y(s.i) - tall / 2, size, tall);
    let edge = 0;
    for (const [name, n] of scene.groups.length > 1 ? scene.groups : []) {
      if (edge) line(ctx, look.soft, 1, [4, 3], [panel.x, panel.y + panel.h - edge * row, panel.x + panel.w, panel.y + panel.h - edge * row]);
      tag(ctx, look, name, panel.x + 4, panel.y + panel.h - (edge + n) * row + 9);
      edge += n;
    }
  },
  rate(ctx, panel, scene, look, x) {
    const bin = niceStep(scene.high - scene.low, 100);
    const first = Math.floor(scene.low / bin + 1e-9), until = Math.min(scene.high, scene.now);
    const counts = new Float64Array(Math.max(1, Math.floor(until / bin + 1e-9) - first)); // whole bins only
    for (const s of scene.spikes) {
      const k = Math.max(0, Math.ceil(s.t / bin - 1e-6) - 1) - first; // a bin has its right edge, as spikes do
      if (k >= 0 && k < counts.length) counts[k] += scene.weight;
    }
    const hertz = counts.map((c) => (1000 * c) / bin / scene.n);
    const top = Math.max(10, niceTop(Math.max(...hertz)));
    const y = (r) => panel.y + panel.h * (1 - r / top);
    verticalAxis(ctx, panel, 0, top, "Hz", look, y, 2);
    clip(ctx, panel);
    ctx.beginPath();
    ctx.moveTo(x(first * bin), y(0));
    hertz.forEach((r, k) => {
      ctx.lineTo(x((first + k) * bin), y(r));
      ctx.lineTo(x((first + k + 1) * bin), y(r));
    });
    ctx.strokeStyle = look.trace;
    ctx.lineWidth = 1.5;
    ctx.stroke();
  },
  current(ctx, panel, scene, look, x) {
    const { name, unit, low, high } = scene.hold;
    const zero = Math.min(0, low), y = (v) => panel.y + panel.h * (1 - (v - zero) / (high - zero));
    verticalAxis(ctx, panel, zero, high, unit && name.length < 3 ? `${name} (${unit})` : name, look, y, 1, true);
    clip(ctx, panel);
    ctx.beginPath();
    for (const [t0, t1, value] of scene.current) {
      ctx.moveTo(x(t0), y(0));
      ctx.lineTo(x(t0), y(value));
      ctx.lineTo(x(t1), y(value));
      ctx.lineTo(x(t1), y(0));
    }
    ctx.fillStyle = look.currentFill;
    ctx.fill();
    ctx.beginPath();
    scene.current.forEach(([t0, t1, value], k) => {
      if (k === 0 || scene.current[k - 1][1] < t0 - 1e-9) ctx.moveTo(x(t0), y(value));
      else ctx.lineTo(x(t0), y(value));
      ctx.lineTo(x(t1), y(value));
    });
    ctx.strokeStyle = look.current;
    ctx.lineWidth = 1.7;
    ctx.stroke();
  },
};

// Which line is which, above a panel with several variables: inside, a line may hide under it.
function traceKey(ctx, panel, names, look) {
  ctx.font = look.font;
  const y = panel.y - (panel.part ? GAP / 2 : 10); // the first has the room of the heading
  let at = panel.x + panel.w - names.reduce((sum, name) => sum + ctx.measureText(name).width + 42, 0);
  names.forEach((name, k) => {
    line(ctx, [look.trace, look.spike, look.current][k % 3], 1.9, TRACE_DASHES[k % 3], [at, y, at + 22, y]);
    label(ctx, look, name, at + 26, y, "left", look.ink);
    at += ctx.measureText(name).width + 42;
  });
}

// A spike is a reset in the equations: the line up to scene.top is drawn in, or nobody sees one.
function drawnSpikes(ctx, scene, range, look, x, y) {
  const foot = y(scene.threshold ?? range.low);
  ctx.beginPath();
  for (const s of scene.spikes) {
    if (!scene.ids.includes(s.i) || s.t < scene.low || s.t > scene.high) continue;
    ctx.moveTo(x(s.t), foot);
    ctx.lineTo(x(s.t), y(scene.top));
  }
  ctx.setLineDash([]);
  ctx.strokeStyle = look.spike;
  ctx.lineWidth = 2;
  ctx.stroke();
}

// The line is the whole curve of the present parameters, if there is one; dashed: that of the start values.
// Points of earlier parameters stay as small hollow circles; those of the present ones are filled; now: ringed.
function paintCurve(ctx, panel, curve, look) {
  const top = Math.max(10, niceTop(Math.max(0, ...curve.points.map((p) => p.y), ...curve.line, ...curve.start)));
  const x = (v) => panel.x + (panel.w * (v - curve.low)) / (curve.high - curve.low);
  const y = (v) => panel.y + panel.h * (1 - v / top);
  const title = curve.line.length ? "rate: line 1 s, dots by run" : "mean rate, run by run";
  label(ctx, look, title, panel.x, panel.y - 10, "left", look.ink, true);
  verticalAxis(ctx, panel, 0, top, "rate (Hz)", look, y, 5);
  for (const v of ticks(curve.low, curve.high, Math.min(4, panel.w / 55))) {
    line(ctx, look.soft, 1, [], [x(v), panel.y + panel.h, x(v), panel.y + panel.h + 4]);
    label(ctx, look, shortNumber(v), x(v), panel.y + panel.h + 13, "center", look.ink);
  }
  label(ctx, look, curve.label, panel.x + panel.w / 2, panel.y + panel.h + 29, "center", look.ink);
  for (const [rates, color, width, dash] of [[curve.start, look.soft, 1.2, [5, 4]], [curve.line, look.trace, 1.7, []]]) {
    ctx.beginPath();
    rates.forEach((r, k) => ctx.lineTo(x(curve.low + ((curve.high - curve.low) * k) / (rates.length - 1)), y(r)));
    ctx.setLineDash(dash);
    ctx.strokeStyle = color;
    ctx.lineWidth = width;
    ctx.stroke();
    ctx.setLineDash([]);
  }
  if (curve.start.length) label(ctx, look, "dashed: at the start", panel.x + 8, panel.y + 8, "left", look.soft);
  curve.points.forEach((p, k) => {
    const last = k === curve.points.length - 1;
    ctx.beginPath();
    ctx.arc(x(p.x), y(p.y), p.current ? 3.2 : 2.2, 0, 7);
    ctx.strokeStyle = p.current ? look.trace : look.soft;
    ctx.fillStyle = look.trace;
    ctx.lineWidth = 1.2;
    if (p.current) ctx.fill();
    ctx.stroke();
    if (!last) return;
    ctx.beginPath();
    ctx.arc(x(p.x), y(p.y), 7, 0, 7);
    ctx.strokeStyle = look.spike;
    ctx.lineWidth = 2;
    ctx.stroke();
  });
}

function niceTop(value) {
  return value <= 0 ? 0 : Math.ceil(value / niceStep(value, 4) - 1e-9) * niceStep(value, 4);
}

function verticalAxis(ctx, panel, low, high, name, look, y, count, endsOnly = false) {
  line(ctx, look.soft, 1, [], [panel.x, panel.y, panel.x, panel.y + panel.h]);
  for (const v of endsOnly ? [low, high] : ticks(low, high, count)) {
    line(ctx, look.soft, 1, [], [panel.x - 4, y(v), panel.x, y(v)]);
    label(ctx, look, shortNumber(v), panel.x - 7, y(v), "right", look.ink);
  }
  ctx.save();
  ctx.translate(panel.x - AXIS + 13, panel.y + panel.h / 2);
  ctx.rotate(-Math.PI / 2);
  label(ctx, look, name, 0, 0, "center", look.ink);
  ctx.restore();
}

function timeAxis(ctx, panel, bottom, time, look) {
  line(ctx, look.soft, 1, [], [panel.x, bottom, panel.x + panel.w, bottom]);
  for (const t of ticks(time.low, time.high, panel.w / 70)) {
    const x = panel.x + (panel.w * (t - time.low)) / (time.high - time.low);
    line(ctx, look.soft, 1, [], [x, bottom, x, bottom + 4]);
    const text = shortNumber(t), edge = panel.x + panel.w + 13 - ctx.measureText(text).width / 2; // of the canvas
    label(ctx, look, text, Math.min(x, edge), bottom + 13, "center", look.ink);
  }
  label(ctx, look, "time (ms)", panel.x + panel.w / 2, bottom + 29, "center", look.ink);
}

function clip(ctx, panel) {
  ctx.beginPath();
  ctx.rect(panel.x, panel.y - 3, panel.w + 3, panel.h + 6);
  ctx.clip();
}

function line(ctx, color, width, dash, [x0, y0, x1, y1]) {
  ctx.setLineDash(dash);
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
  ctx.setLineDash([]);
}

function label(ctx, look, text, x, y, align, color, bold = false) {
  ctx.font = bold ? `600 ${look.font}` : look.font;
  ctx.textAlign = align;
  ctx.textBaseline = "middle";
  ctx.fillStyle = color;
  ctx.fillText(text, x, y);
}

function tag(ctx, look, text, x, y, color = look.ink, cover = 1) {
  const width = ctx.measureText(text).width + 6;
  ctx.globalAlpha *= cover;
  ctx.fillStyle = look.paper;
  ctx.fillRect(x - 3, y - 8, width, 16);
  ctx.globalAlpha /= cover;
  label(ctx, look, text, x, y, "left", color);
}
