import { clsx } from 'clsx';
import type { ReactElement, ReactNode } from 'react';

/** Many of a thing. On a phone it scrolls sideways inside its frame; no column is left out. */
export const Table = ({
  label,
  columns,
  children,
}: {
  label: string;
  /** Headings; an empty one stands over buttons. */
  columns: readonly string[];
  children: ReactNode;
}): ReactElement => (
  // A frame that scrolls is reached by keys as well.
  <div
    role="region"
    aria-label={label}
    tabIndex={0}
    className="overflow-x-auto rounded-lg border bg-surface"
  >
    <table className="w-full border-collapse text-left">
      <thead>
        <tr className="border-b text-sm text-muted">
          {columns.map((column, index) =>
            column === '' ? (
              <td key={index} className="px-4 py-2" />
            ) : (
              <th key={column} scope="col" className="px-4 py-2 font-medium whitespace-nowrap">
                {column}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody className="divide-y">{children}</tbody>
    </table>
  </div>
);

export const Row = ({ children }: { children: ReactNode }): ReactElement => (
  <tr className="relative hover:bg-raised">{children}</tr>
);

export const Cell = ({
  className,
  children,
}: {
  className?: string;
  children: ReactNode;
}): ReactElement => <td className={clsx('h-12 px-4 whitespace-nowrap', className)}>{children}</td>;

/** For the link that makes a whole row a target. */
export const ROW_LINK = 'font-medium after:absolute after:inset-0';
/** For what stays clickable in such a row. */
export const ABOVE_ROW = 'relative z-10';
