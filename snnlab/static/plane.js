// The phase plane: flow, nullclines, path and fixed points. As in draw.js: from plain data, no state of its own.

function paintPlane(ctx, panel, plane, look) {
  const [left, right] = plane.xlim, [low, high] = plane.ylim;
  const x = (v) => panel.x + (panel.w * (v - left)) / (right - left);
  const y = (v) => panel.y + panel.h * (1 - (v - low) / (high - low));
  const [first, second] = plane.names;
  label(ctx, look, `phase plane: ${second} against ${first}`, panel.x, panel.y - 10, "left", look.ink, true);
  verticalAxis(ctx, panel, low, high, plane.labels[1], look, y, Math.max(3, Math.min(7, panel.h / 45)));
  line(ctx, look.soft, 1, [], [panel.x, panel.y + panel.h, panel.x + panel.w, panel.y + panel.h]);
  for (const v of ticks(left, right, Math.max(2, Math.min(6, panel.w / 60)))) {
    line(ctx, look.soft, 1, [], [x(v), panel.y + panel.h, x(v), panel.y + panel.h + 4]);
    label(ctx, look, shortNumber(v), x(v), panel.y + panel.h + 13, "center", look.ink);
  }
  label(ctx, look, plane.labels[0], panel.x + panel.w / 2, panel.y + panel.h + 29, "center", look.ink);
  planeKey(ctx, panel, plane, look);
  ctx.save();
  ctx.beginPath();
  ctx.rect(panel.x, panel.y, panel.w, panel.h);
  ctx.clip();
  paintFlow(ctx, panel, plane, look);
  ctx.beginPath();
  pathOf(ctx, plane.x, 2, x, y);
  stroke(ctx, look.spike, 2, [6, 4]);
  ctx.beginPath();
  pathOf(ctx, plane.y, 2, x, y);
  stroke(ctx, look.current, 2, [2, 3]);
  ctx.globalAlpha = plane.stale ? 0.45 : 1;
  ctx.beginPath();
  for (const piece of plane.path) pathOf(ctx, piece, 3, x, y);
  stroke(ctx, look.trace, 1.6, []);
  const last = lastOf(plane.path);
  if (last) disc(ctx, x(last[0]), y(last[1]), 4.5, look.trace, look.trace);
  for (const p of plane.points) {
    disc(ctx, x(p.x), y(p.y), 5.5, p.stable ? look.ink : look.paper, look.ink);
  }
  ctx.restore();
  plane.points.forEach((p, k) => pointLabel(ctx, panel, p, plane.points.length, k, x(p.x), y(p.y), look));
}

// A curve of rows (x, y) or (t, x, y); a row of NaN lifts the pen.
function pathOf(ctx, rows, width, x, y) {
  let down = false;
  for (let i = width - 2; i + 1 < rows.length; i += width) {
    if (Number.isNaN(rows[i])) down = false;
    else if (down) ctx.lineTo(x(rows[i]), y(rows[i + 1]));
    else {
      ctx.moveTo(x(rows[i]), y(rows[i + 1]));
      down = true;
    }
  }
}

function lastOf(pieces) {
  const piece = pieces[pieces.length - 1];
  return piece && piece.length >= 3 ? [piece[piece.length - 2], piece[piece.length - 1]] : null;
}

function stroke(ctx, color, width, dash) {
  ctx.setLineDash(dash);
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.stroke();
  ctx.setLineDash([]);
}

function disc(ctx, x, y, radius, fill, edge) {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 7);
  ctx.fillStyle = fill;
  ctx.fill();
  stroke(ctx, edge, 1.8, []);
}

// Directions only, each as long as the next: (1, 0) is one to the right on the picture, (0, 1) one up.
function paintFlow(ctx, panel, plane, look) {
  const n = plane.arrows;
  ctx.beginPath();
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      const k = 2 * (row * n + column);
      const dx = plane.flow[k] * panel.w, dy = -plane.flow[k + 1] * panel.h, size = Math.hypot(dx, dy);
      if (!(size > 0)) continue;
      const ux = (7 * dx) / size, uy = (7 * dy) / size;
      const cx = panel.x + (panel.w * column) / (n - 1), cy = panel.y + panel.h * (1 - row / (n - 1));
      ctx.moveTo(cx - ux, cy - uy);
      ctx.lineTo(cx + ux, cy + uy);
      ctx.moveTo(cx + 0.2 * ux - 0.4 * uy, cy + 0.2 * uy + 0.4 * ux);
      ctx.lineTo(cx + ux, cy + uy);
      ctx.lineTo(cx + 0.2 * ux + 0.4 * uy, cy + 0.2 * uy - 0.4 * ux);
    }
  }
  ctx.globalAlpha = 0.55;
  stroke(ctx, look.soft, 1, []);
  ctx.globalAlpha = 1;
}

// What the lines are, in a row below the axis.
function planeKey(ctx, panel, plane, look) {
  const entries = [[`d${plane.names[0]}/dt = 0`, look.spike, [6, 4]], [`d${plane.names[1]}/dt = 0`, look.current, [2, 3]], ["path", look.trace, []]];
  let at = panel.x;
  for (const [text, color, dash] of entries) {
    line(ctx, color, 2, dash, [at, panel.y + panel.h + 49, at + 24, panel.y + panel.h + 49]);
    label(ctx, look, text, at + 29, panel.y + panel.h + 49, "left", look.ink);
    at += 29 + ctx.measureText(text).width + 14;
  }
}

// The kind beside its point, and the eigenvalues too if it is the only one; turned inwards at the edges. Of several
// points every second one has its label on the other side, since two of them may meet.
function pointLabel(ctx, panel, point, count, k, x, y, look) {
  const texts = count === 1 ? [point.kind, `eigenvalues ${point.eigenvalues}`] : [point.kind];
  ctx.font = look.font;
  const width = Math.max(...texts.map((text) => ctx.measureText(text).width)), below = y + 12 + 16 * texts.length < panel.y + panel.h;
  const fitsRight = x + 14 + width < panel.x + panel.w, fitsLeft = x - 14 - width > panel.x;
  const left = (k % 2 && fitsLeft) || !fitsRight ? Math.max(panel.x + 4, x - 14 - width) : x + 14;
  const top = (k % 2 || !below) && y > panel.y + 20 + 16 * texts.length ? y - 14 - 16 * (texts.length - 1) : y + 14;
  texts.forEach((text, line) => tag(ctx, look, text.replace(/-/g, "\u2212"), left, top + 16 * line, look.ink, 0.8));
}
