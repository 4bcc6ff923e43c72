// Two sliders at once: a point in their plane that is dragged, or moved with the arrow keys.
const PAD = { width: 260, height: 190, left: 40, right: 12, top: 12, bottom: 36 };

class Pad {
  // sliders: those of x and y; marks: {name: values}, places worth a visit; moved(values) is told of each new point
  constructor([x, y], marks, moved) {
    Object.assign(this, { x, y, marks, moved });
    this.canvas = make("canvas", { class: "snn-pad", role: "slider", tabindex: "0", "aria-roledescription": "two-way slider" });
    this.canvas.setAttribute("aria-label", `${x.name} (left and right) and ${y.name} (up and down)`);
    this.canvas.setAttribute("aria-valuemin", x.low);
    this.canvas.setAttribute("aria-valuemax", x.high);
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      this.canvas.focus({ preventScroll: true });
      this.canvas.setPointerCapture(event.pointerId);
      this.held = true;
      this.point(event);
    });
    this.canvas.addEventListener("pointermove", (event) => this.held && this.point(event));
    for (const type of ["pointerup", "pointercancel"]) this.canvas.addEventListener(type, () => (this.held = false));
  }

  point({ clientX, clientY }) {
    const box = this.canvas.getBoundingClientRect(), scale = PAD.width / box.width;
    this.moved({
      [this.x.name]: onStep(this.x, this.x.low + ((clientX - box.left) * scale - PAD.left) * this.perPixel("x")),
      [this.y.name]: onStep(this.y, this.y.high - ((clientY - box.top) * scale - PAD.top) * this.perPixel("y")),
    });
  }

  perPixel(axis) {
    const { low, high } = this[axis];
    return (high - low) / (axis === "x" ? PAD.width - PAD.left - PAD.right : PAD.height - PAD.top - PAD.bottom);
  }

  key(event) {
    const [slider, sign] = { ArrowLeft: [this.x, -1], ArrowRight: [this.x, 1], ArrowDown: [this.y, -1], ArrowUp: [this.y, 1] }[event.key] || [];
    if (!slider || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault(); // the page stays where it is
    this.moved({ [slider.name]: onStep(slider, this.values[slider.name] + sign * (event.shiftKey ? 5 : 1) * slider.step) });
  }

  write(values) {
    this.values = values;
    this.canvas.setAttribute("aria-valuenow", values[this.x.name]);
    this.canvas.setAttribute("aria-valuetext", [this.x, this.y].map((s) => `${s.name} = ${spell(s, values[s.name])}`).join(", "));
  }

  place(values) {
    return [PAD.left + (values[this.x.name] - this.x.low) / this.perPixel("x"), PAD.top + (this.y.high - values[this.y.name]) / this.perPixel("y")];
  }

  paint(look) {
    const scale = window.devicePixelRatio || 1, { x, y } = this, right = PAD.width - PAD.right, bottom = PAD.height - PAD.bottom;
    this.canvas.width = Math.round(PAD.width * scale);
    this.canvas.height = Math.round(PAD.height * scale);
    const ctx = this.canvas.getContext("2d");
    ctx.setTransform(scale, 0, 0, scale, 0, 0);
    ctx.fillStyle = look.paper;
    ctx.fillRect(0, 0, PAD.width, PAD.height);
    Object.assign(ctx, { font: look.font, strokeStyle: look.soft, fillStyle: look.ink, lineWidth: 1 });
    ctx.strokeRect(PAD.left + 0.5, PAD.top + 0.5, right - PAD.left, bottom - PAD.top);
    ctx.textAlign = "center";
    for (const tick of ticks(x.low, x.high, 5)) ctx.fillText(shortNumber(tick), PAD.left + (tick - x.low) / this.perPixel("x"), bottom + 15);
    ctx.fillText(x.unit ? `${x.name} (${x.unit})` : x.name, (PAD.left + right) / 2, bottom + 30);
    ctx.textAlign = "right";
    for (const tick of ticks(y.low, y.high, 4)) ctx.fillText(shortNumber(tick), PAD.left - 6, PAD.top + (y.high - tick) / this.perPixel("y") + 4);
    ctx.save();
    ctx.translate(11, (PAD.top + bottom) / 2);
    ctx.rotate(-Math.PI / 2);
    ctx.textAlign = "center";
    ctx.fillText(y.unit ? `${y.name} (${y.unit})` : y.name, 0, 0);
    ctx.restore();
    ctx.textAlign = "left";
    for (const [name, values] of Object.entries(this.marks)) {
      const [px, py] = this.place(values);
      ctx.fillRect(px - 2, py - 2, 4, 4);
      ctx.fillText(name, px + 6, py < PAD.top + 16 ? py + 14 : py - 5); // never above the square
    }
    const [px, py] = this.place(this.values);
    ctx.strokeStyle = ctx.fillStyle = look.spike;
    ctx.beginPath();
    for (const [a, b] of [[PAD.left, py], [px, PAD.top]]) ctx.moveTo(a, b), ctx.lineTo(a === px ? px : right, b === py ? py : bottom);
    ctx.stroke();
    ctx.beginPath();
    ctx.arc(px, py, 7, 0, 2 * Math.PI);
    ctx.fill();
  }
}

// The nearest value that the slider can stand at.
function onStep({ low, high, step }, value) {
  const steps = Math.round((Math.min(Math.max(value, low), high) - low) / step);
  return Math.min(high, +(low + steps * step).toPrecision(10));
}
