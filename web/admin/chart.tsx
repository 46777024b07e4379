/** Bars for the hours of a business day: drawn by hand, with the same numbers as a table behind them. */

import type { JSX } from 'preact';
import { number, t } from '../lib/lang';

const WIDTH = 720;
const HEIGHT = 220;
const FOOT = 26;
const HEAD = 20;

/** A day's hours in the order they pass, from the hour the business day begins, without empty ends. */
export function shownHours(hours: readonly number[], startsAt = 4): number[] {
  const order = Array.from({ length: 24 }, (_, i) => (i + startsAt) % 24);
  const busy = order.filter((hour) => (hours[hour] ?? 0) > 0).map((hour) => order.indexOf(hour));
  const from = Math.min(order.indexOf(8), ...busy);
  const until = Math.max(order.indexOf(20), ...busy);
  return order.slice(from, until + 1);
}

/** The next round number at or above n: 1, 2, 3, 4, 5, 6, 8, 10, 20 ... */
export function roundUp(n: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, n)));
  return [1, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= n) ?? 10 * power;
}

function Bar({ x, width, value, top, hour, isNow }: {
  x: number; width: number; value: number; top: number; hour: number; isNow: boolean;
}): JSX.Element {
  const height = (HEIGHT - FOOT - HEAD) * (value / top);
  const y = HEIGHT - FOOT - height;
  return (
    <g class={isNow ? 'bar-now' : undefined}>
      {value > 0 && <rect class="chart-bar" x={x + width * 0.14} y={y} width={width * 0.72} height={height} rx="4" />}
      {value > 0 && <text class="chart-value" x={x + width / 2} y={y - 6} text-anchor="middle">{number(value)}</text>}
      <text class="chart-hour" x={x + width / 2} y={HEIGHT - 7} text-anchor="middle">{hour}</text>
    </g>
  );
}

export function Hours({ hours, now }: { hours: readonly number[]; now: number }): JSX.Element {
  const shown = shownHours(hours);
  const values = shown.map((hour) => hours[hour] ?? 0);
  const most = Math.max(...values);
  const busiest = shown[values.indexOf(most)] ?? 0;
  const width = WIDTH / shown.length;
  const label = most > 0 ? t('admin.chart_label', { hour: String(busiest), n: most }) : t('admin.chart_none');
  return (
    <section class="panel" aria-labelledby="hours-title">
      <h2 id="hours-title" class="panel-title">{t('admin.hours')}</h2>
      <div class="chart-scroll" tabIndex={0} role="group" aria-labelledby="hours-title">
        <svg class="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
          {[0.5, 1].map((part) => {
            const y = HEIGHT - FOOT - (HEIGHT - FOOT - HEAD) * part;
            return <path key={part} class="chart-line" d={`M0 ${y}H${WIDTH}`} />;
          })}
          <path class="chart-base" d={`M0 ${HEIGHT - FOOT}H${WIDTH}`} />
          {shown.map((hour, i) => (
            <Bar key={hour} x={i * width} width={width} value={values[i]!} top={roundUp(most)} hour={hour} isNow={hour === now} />
          ))}
        </svg>
      </div>
      <details class="behind">
        <summary>{t('admin.as_table')}</summary>
        <table class="figures">
          <thead><tr><th scope="col">{t('admin.hour')}</th><th scope="col">{t('admin.grants')}</th></tr></thead>
          <tbody>{shown.map((hour, i) => <tr key={hour}><th scope="row">{hour}:00</th><td>{number(values[i]!)}</td></tr>)}</tbody>
        </table>
      </details>
    </section>
  );
}
