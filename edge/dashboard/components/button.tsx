import { clsx } from 'clsx';
import type { ButtonHTMLAttributes, ReactElement } from 'react';

type Look = 'primary' | 'plain' | 'quiet' | 'danger';

const LOOKS: Readonly<Record<Look, string>> = {
  primary: 'bg-accent text-on-accent border-transparent hover:bg-accent-hover',
  plain: 'bg-surface text-ink border-line hover:bg-raised',
  quiet: 'bg-transparent text-muted border-transparent hover:bg-raised hover:text-ink',
  danger: 'bg-bad text-canvas border-transparent hover:opacity-90',
};

/** For links that look like buttons. */
export const buttonClass = (look: Look = 'plain', extra?: string): string =>
  clsx(
    'inline-flex min-h-8 items-center justify-center gap-1.5 rounded-md border px-3 text-sm font-medium whitespace-nowrap',
    'transition-colors duration-100 pointer-coarse:min-h-11 aria-disabled:opacity-55 disabled:opacity-55',
    LOOKS[look],
    extra,
  );

type Props = ButtonHTMLAttributes<HTMLButtonElement> & {
  look?: Look;
  /** Shows that the work goes on, and takes no second click. */
  isBusy?: boolean;
};

export function Button({ look, isBusy, className, children, ...rest }: Props): ReactElement {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled === true || isBusy === true}
      aria-busy={isBusy}
      className={buttonClass(look, className)}
    >
      {children}
    </button>
  );
}

/** A square button with an icon. Its label is for those who do not see it. */
export function IconButton({
  label,
  className,
  children,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { label: string }): ReactElement {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={clsx(
        'inline-grid size-8 shrink-0 place-items-center rounded-md text-muted hover:bg-raised hover:text-ink pointer-coarse:size-11',
        className,
      )}
    >
      {children}
    </button>
  );
}
