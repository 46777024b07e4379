/** One burst of paper, for a full card. Imports nothing: it comes by itself when it is wanted. */

const PIECES = 90;
const LASTS_MS = 2_400;

export function confetti(canvas: HTMLCanvasElement, top: number): void {
  const draw = canvas.getContext('2d');
  if (!draw) return;
  const width = (canvas.width = innerWidth);
  const height = (canvas.height = innerHeight - top);
  canvas.style.top = `${top}px`;
  const style = getComputedStyle(document.documentElement);
  const colours = ['--stamp', '--line-green', '--gold', '--action'].map((name) => style.getPropertyValue(name).trim());
  const pieces = Array.from({ length: PIECES }, (_, i) => ({
    x: width / 2,
    y: height * 0.6,
    dx: (Math.random() - 0.5) * width * 1.4,
    dy: -height * (0.5 + Math.random() * 0.8),
    size: 5 + Math.random() * 6,
    turn: Math.random() * 12,
    colour: colours[i % colours.length]!,
  }));
  document.body.append(canvas);
  const began = performance.now();
  const frame = (now: number): void => {
    const t = (now - began) / 1000;
    if (now - began > LASTS_MS) return canvas.remove();
    draw.clearRect(0, 0, width, height);
    draw.globalAlpha = Math.min(1, (LASTS_MS - (now - began)) / 500);
    for (const piece of pieces) {
      draw.save();
      draw.translate(piece.x + piece.dx * t * 0.6, piece.y + piece.dy * t + height * t * t);
      draw.rotate(piece.turn * t);
      draw.fillStyle = piece.colour;
      draw.fillRect(-piece.size / 2, -piece.size / 4, piece.size, piece.size / 2);
      draw.restore();
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
