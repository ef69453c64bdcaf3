import { clsx } from 'clsx';
import { Children, type ReactElement, type ReactNode, useState } from 'react';
import { t } from '../messages/en.ts';
import { Button } from './button.tsx';
import { Select } from './field.tsx';

/** As many as stand on a phone without pushing the list away; more of them wait behind a button there. */
const FEW = 2;

/** The filters of a list. Each stands in the address, so that a view can be shared and gone back to. */
export function Filters({ children }: { children: ReactNode }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const areMany = Children.toArray(children).length > FEW;
  return (
    <div className="grid gap-3">
      {areMany && (
        <div className="sm:hidden">
          <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {t.common.filters}
          </Button>
        </div>
      )}
      <form
        aria-label={t.common.filters}
        onSubmit={(event) => event.preventDefault()}
        className={clsx(
          'grid grid-cols-2 gap-3 lg:grid-cols-4',
          areMany && !isOpen && 'max-sm:hidden',
        )}
      >
        {children}
      </form>
    </div>
  );
}

/** One of some values, or any. */
export const FilterSelect = ({
  label,
  value,
  options,
  onChoose,
}: {
  label: string;
  value: string | undefined;
  options: readonly (readonly [string, string])[];
  /** Empty: any. */
  onChoose: (value: string) => void;
}): ReactElement => (
  <Select label={label} value={value ?? ''} onChange={(event) => onChoose(event.target.value)}>
    <option value="">{t.common.any}</option>
    {options.map(([option, word]) => (
      <option key={option} value={option}>
        {word}
      </option>
    ))}
  </Select>
);
