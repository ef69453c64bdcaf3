import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Input, Select } from '../../components/field.tsx';
import { t } from '../../messages/en.ts';
import { DIRECTIONS, type Filters, sessionsQuery, STATUSES } from './message.ts';

const text = t.messages.filters;

/** The filters stand in the address, so that a view can be shared and gone back to. */
export function FilterBar({ filters }: { filters: Filters }): ReactElement {
  const { data: sessions = [] } = useQuery(sessionsQuery);
  const navigate = useNavigate();
  const choose = (name: keyof Filters, value: string): void => {
    // The route checks the words of the address again.
    void navigate({ to: '/messages', search: { ...filters, [name]: value }, replace: true });
  };
  const choices = [
    ['sessionId', text.session, sessions.map(({ id, name }) => [id, name] as const)],
    [
      'direction',
      text.direction,
      DIRECTIONS.map((one) => [one, t.messages.direction[one]] as const),
    ],
    ['status', text.status, STATUSES.map((one) => [one, t.messages.status[one]] as const)],
  ] as const;
  return (
    <form
      aria-label={text.label}
      onSubmit={(event) => event.preventDefault()}
      className="grid grid-cols-2 gap-3 lg:grid-cols-4"
    >
      {choices.map(([name, label, options]) => (
        <Select
          key={name}
          label={label}
          value={filters[name] ?? ''}
          onChange={(event) => choose(name, event.target.value)}
        >
          <option value="">{text.any}</option>
          {options.map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </Select>
      ))}
      <Input
        label={text.reference}
        autoComplete="off"
        defaultValue={filters.reference ?? ''}
        onBlur={(event) => {
          if (event.target.value !== (filters.reference ?? ''))
            choose('reference', event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
        }}
      />
    </form>
  );
}
