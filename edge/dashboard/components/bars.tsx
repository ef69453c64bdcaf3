import { clsx } from 'clsx';
import type { ReactElement } from 'react';
import { count } from './numbers.ts';

export type Series = { name: string; color: string };
/** As many as have room below the bars; on a phone half of them. */
const LABELS = 7;

export type Bar = { label: string; values: readonly number[] };

/** Rounds up to a number that reads well at the top of an axis, as does its half. */
export function ceiling(most: number): number {
  if (most <= 10) return [4, 6, 8].find((one) => one >= most) ?? 10;
  const size = 10 ** Math.floor(Math.log10(most));
  const step = [2, 4, 6, 8].find((one) => one * size >= most) ?? 10;
  return step * size;
}

type Props = { title: string; series: readonly Series[]; bars: readonly Bar[] };

/** Bars that are stacked. Readers of the screen get the same numbers as a table. */
export function Bars({ title, series, bars }: Props): ReactElement {
  const sums = bars.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const top = ceiling(Math.max(0, ...sums));
  const every = Math.ceil(bars.length / LABELS);
  const fromLast = (index: number): number => bars.length - 1 - index;
  return (
    <figure className="relative grid gap-3" aria-label={title}>
      <figcaption className="flex flex-wrap gap-x-5 gap-y-1 text-sm text-muted">
        {series.map(({ name, color }) => (
          <span key={name} className="inline-flex items-center gap-2">
            <span aria-hidden="true" className={clsx('size-2.5 rounded-xs', color)} />
            {name}
          </span>
        ))}
      </figcaption>
      <div aria-hidden="true" className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3">
        <div className="flex h-40 flex-col justify-between text-right text-xs text-muted">
          {[top, top / 2, 0].map((value) => (
            <span key={value} className="-my-2">
              {count(value)}
            </span>
          ))}
        </div>
        <div className="flex h-40 items-end gap-px sm:gap-1 border-b bg-[linear-gradient(var(--color-line)_1px,transparent_1px)] bg-[length:100%_50%]">
          {bars.map((bar) => (
            <Column key={bar.label} bar={bar} series={series} top={top} />
          ))}
        </div>
        <span />
        <div className="flex gap-px pt-2 sm:gap-1 text-xs text-muted">
          {bars.map(({ label }, index) => (
            <span key={label} className="min-w-0 flex-1 text-center whitespace-nowrap">
              {fromLast(index) % every === 0 && (
                <span
                  className={clsx(
                    '-mx-6 inline-block',
                    // The last one ends where the bars do.
                    bars.length > LABELS && index === bars.length - 1 && 'float-right mr-0',
                    fromLast(index) % (2 * every) !== 0 && 'max-sm:hidden',
                  )}
                >
                  {label}
                </span>
              )}
            </span>
          ))}
        </div>
      </div>
      <NumbersTable title={title} series={series} bars={bars} />
    </figure>
  );
}

const Column = ({
  bar,
  series,
  top,
}: {
  bar: Bar;
  series: readonly Series[];
  top: number;
}): ReactElement => (
  <div
    className="flex h-full min-w-0 flex-1 flex-col-reverse rounded-t-xs hover:bg-raised"
    title={[
      bar.label,
      ...series.map(({ name }, at) => `${name}: ${count(bar.values[at] ?? 0)}`),
    ].join('\n')}
  >
    {series.map(({ name, color }, at) => (
      <div
        key={name}
        className={clsx('mx-auto w-full max-w-8 last:rounded-t-xs', color)}
        style={{ height: `${((bar.values[at] ?? 0) / top) * 100}%` }}
      />
    ))}
  </div>
);

const NumbersTable = ({ title, series, bars }: Props): ReactElement => (
  <table className="sr-only">
    <caption>{title}</caption>
    <thead>
      <tr>
        <td />
        {series.map(({ name }) => (
          <th key={name} scope="col">
            {name}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {bars.map(({ label, values }) => (
        <tr key={label}>
          <th scope="row">{label}</th>
          {series.map(({ name }, at) => (
            <td key={name}>{values[at] ?? 0}</td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);
