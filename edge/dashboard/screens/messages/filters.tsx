import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Input } from '../../components/field.tsx';
import { Filters, FilterSelect } from '../../components/filters.tsx';
import { t } from '../../messages/en.ts';
import { firstDay, lastDay, startOfDay, startOfNext } from './calendar.ts';
import { KIND_NAMES } from './kinds.ts';
import { DIRECTIONS, type Filters as Chosen, sessionsQuery, STATUSES } from './message.ts';

const text = t.messages.filters;

/** The filters stand in the address, so that a view can be shared and gone back to. */
export function FilterBar({ filters }: { filters: Chosen }): ReactElement {
  const { data: sessions = [] } = useQuery(sessionsQuery);
  const navigate = useNavigate();
  const choose = (name: keyof Chosen, value: string): void => {
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
    <Filters>
      {choices.map(([name, label, options]) => (
        <FilterSelect
          key={name}
          label={label}
          value={filters[name]}
          options={options}
          onChoose={(value) => choose(name, value)}
        />
      ))}
      <FilterSelect
        label={text.type}
        value={filters.type}
        options={KIND_NAMES.map((kind) => [kind, t.messages.form.kinds[kind]])}
        onChoose={(value) => choose('type', value)}
      />
      {(['chatId', 'reference'] as const).map((name) => (
        <Input
          key={`${name} ${filters[name] ?? ''}`}
          label={text[name]}
          autoComplete="off"
          defaultValue={filters[name] ?? ''}
          onBlur={(event) => {
            if (event.target.value !== (filters[name] ?? '')) choose(name, event.target.value);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
          }}
        />
      ))}
      <Input
        label={text.since}
        type="date"
        value={firstDay(filters.since)}
        onChange={(event) => choose('since', startOfDay(event.target.value))}
      />
      <Input
        label={text.until}
        type="date"
        value={lastDay(filters.until)}
        onChange={(event) => choose('until', startOfNext(event.target.value))}
      />
    </Filters>
  );
}
