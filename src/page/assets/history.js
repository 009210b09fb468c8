// The points of the charts: all of the run, the newest last.

export class History {
  points = [];
  stride = 1;

  replace({ stride, points }) {
    this.stride = stride;
    this.points = points;
  }

  /** The newest point; where several seconds make one it comes again while it grows. */
  add(point) {
    if (this.points.at(-1)?.n === point.n) this.points.pop();
    this.points.push(point);
  }

  /** Requests that ended in all points, by outcome. */
  sums() {
    const sums = [0, 0, 0, 0, 0];
    for (const point of this.points) for (const counts of Object.values(point.outcomes)) counts.forEach((count, place) => (sums[place] += count));
    return sums;
  }
}
