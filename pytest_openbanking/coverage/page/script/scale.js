// Virtual time on a line: to scale where that can be read, else long waits are drawn shorter than they are.
const WIDEST = 25; // how many times the shortest span the longest may be wide

class Scale {
  constructor(moments) {
    this.moments = [...new Set(moments.filter((at) => at != null).map((at) => Math.max(at, 0)))].sort((a, b) => a - b);
    const spans = this.moments.slice(1).map((at, index) => at - this.moments[index]);
    const ratio = Math.max(...spans) / Math.min(...spans);
    this.power = ratio > WIDEST ? Math.log(WIDEST) / Math.log(ratio) : 1;
    const widths = spans.map((span) => span ** this.power);
    const total = widths.reduce((sum, width) => sum + width, 0) || 1;
    let left = 0;
    this.places = [0, ...widths.map((width) => (left += width) / total)];
    this.breaks = this.power === 1 ? [] : this.shortened(spans, widths);
  }

  // The middles of the spans that are drawn much shorter than the shortest one would have them.
  shortened(spans, widths) {
    const densest = Math.min(...spans.map((span, index) => span / widths[index]));
    return spans.flatMap((span, index) =>
      span / widths[index] > 4 * densest ? [(this.places[index] + this.places[index + 1]) / 2] : [],
    );
  }

  // Where a moment is, as a share of the whole; every moment asked for is one that it was made with.
  place(at) {
    return this.places[this.moments.indexOf(Math.max(at, 0))] ?? 0;
  }

  // The moments that have room for a label, the first and the last always.
  ticks(room) {
    const last = this.moments.length - 1;
    const kept = [];
    this.moments.forEach((at, index) => {
      const place = this.places[index];
      const clear = !kept.length || place - kept.at(-1).place >= room;
      if (index === 0 || index === last || (clear && 1 - place >= room)) kept.push({ at, place });
    });
    return kept;
  }
}
