// Strokes of ink, {width, points: [x, y, pressure]}: how they are drawn and kept on a sheet.

const MARGIN = 8; // pixels between ink that had to be moved and the sheet's edge

/** Draw a stroke, or only what came after its point `from`. */
export function drawStroke(context, { width, points }, from = 0) {
  if (points.length === 1) {
    context.beginPath();
    context.arc(points[0][0], points[0][1], width / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  // From middle to middle, bent towards the point between them; as wide as it was pressed.
  for (let k = Math.max(1, from); k < points.length; k += 1) {
    const [x, y, pressure] = points[k - 1];
    const [fromX, fromY] = k > 1 ? middle(points[k - 2], points[k - 1]) : points[0];
    const last = k === points.length - 1;
    const [toX, toY] = last ? points[k] : middle(points[k - 1], points[k]);
    context.beginPath();
    context.lineWidth = width * (0.4 + 1.2 * pressure);
    context.moveTo(fromX, fromY);
    context.quadraticCurveTo(x, y, toX, toY);
    context.stroke();
  }
}

const middle = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];

/** How strokes have to be scaled and then moved, if at all, to lie on a sheet of that size. */
export function fitting(strokes, width, height) {
  const [left, right] = extent(strokes, 0);
  const [top, bottom] = extent(strokes, 1);
  const scale = Math.min(
    1,
    (width - 2 * MARGIN) / (right - left),
    (height - 2 * MARGIN) / (bottom - top),
  );
  return {
    scale,
    x: shift(left * scale, right * scale, width),
    y: shift(top * scale, bottom * scale, height),
  };
}

/** From where to where the ink reaches along an axis. */
function extent(strokes, axis) {
  let [low, high] = [Infinity, -Infinity];
  for (const { width, points } of strokes) {
    for (const point of points) {
      low = Math.min(low, point[axis] - width / 2);
      high = Math.max(high, point[axis] + width / 2);
    }
  }
  return [low, high];
}

/** The shortest way onto the sheet. */
function shift(low, high, length) {
  if (low < MARGIN) return MARGIN - low;
  return Math.min(0, length - MARGIN - high);
}
