import { clsx } from 'clsx';
import type { ReactElement, ReactNode } from 'react';
import { Icon } from '../../components/icon.tsx';

/** One step, with its number until it is done. What is not its turn yet shows its title only. */
export const Step = ({
  number,
  title,
  lead,
  isOpen,
  isDone,
  children,
}: {
  number: number;
  title: string;
  lead: string;
  isOpen: boolean;
  isDone: boolean;
  children: ReactNode;
}): ReactElement => (
  <li
    aria-current={isOpen && !isDone ? 'step' : undefined}
    className={clsx(
      'grid grid-cols-[auto_minmax(0,1fr)] gap-4 rounded-lg border p-5',
      isOpen && 'bg-surface',
    )}
  >
    <span
      aria-hidden="true"
      className={clsx(
        'grid size-7 place-items-center rounded-full border text-sm font-medium',
        isDone ? 'border-transparent bg-good-soft text-good' : 'text-muted',
      )}
    >
      {isDone ? <Icon name="check" size={14} /> : number}
    </span>
    <div className="grid grid-cols-[minmax(0,1fr)] content-start gap-3">
      <div className="grid gap-0.5">
        <h2 className={clsx('text-lg leading-7 font-semibold', !isOpen && 'text-muted')}>
          {title}
        </h2>
        <p className="text-muted">{lead}</p>
      </div>
      {isOpen && children}
    </div>
  </li>
);
