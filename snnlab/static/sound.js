// Clicks, made only after the user has switched sound on.
class Clicks {
  constructor() {
    this.context = null;
    this.playing = [];
  }
  switchOn() {
    const Context = window.AudioContext || window.webkitAudioContext;
    if (!Context) return false;
    this.context = this.context || new Context();
    this.context.resume();
    if (!this.sound) {
      const rate = this.context.sampleRate;
      this.sound = this.context.createBuffer(1, rate * 0.012, rate);
      const wave = this.sound.getChannelData(0);
      for (let i = 0; i < wave.length; i++) wave[i] = Math.sin((2 * Math.PI * 1400 * i) / rate) * Math.exp(-i / (rate * 0.002));
    }
    return true;
  }
  // `delays` in seconds from now, ascending; a click that would melt into the one before is left out
  play(delays) {
    let last = -1;
    for (const delay of delays) {
      if (delay - last < 0.004) continue;
      last = delay;
      const source = this.context.createBufferSource();
      source.buffer = this.sound;
      source.connect(this.context.destination);
      source.start(this.context.currentTime + Math.max(0, delay));
      this.playing.push(source);
      source.onended = () => (this.playing = this.playing.filter((s) => s !== source));
    }
  }
  stop() {
    this.playing.forEach((source) => source.stop());
    this.playing = [];
  }
}
