import type { ReactElement, ReactNode } from 'react';
import { t } from '../messages/en.ts';
import { Select } from './field.tsx';

/** The filters of a list. Each stands in the address, so that a view can be shared and gone back to. */
export const Filters = ({ children }: { children: ReactNode }): ReactElement => (
  <form
    aria-label={t.common.filters}
    onSubmit={(event) => event.preventDefault()}
    className="grid grid-cols-2 gap-3 lg:grid-cols-4"
  >
    {children}
  </form>
);

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
