import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { EVENT_TYPES, WILDCARDS } from '../../api/event-types.ts';
import { allSessionsQuery } from '../../api/sessions.ts';
import { Select } from '../../components/field.tsx';
import { Filters, FilterSelect } from '../../components/filters.tsx';
import { t } from '../../messages/en.ts';
import type { TailFilters } from './tail.ts';

const text = t.events.filters;

export function EventFilters({ filters }: { filters: TailFilters }): ReactElement {
  const { data: sessions = [] } = useQuery(allSessionsQuery);
  const navigate = useNavigate();
  const choose = (name: keyof TailFilters, value: string): void => {
    void navigate({ to: '/events', search: { ...filters, [name]: value }, replace: true });
  };
  return (
    <Filters>
      <Select
        label={text.types}
        value={filters.types ?? ''}
        onChange={(event) => choose('types', event.target.value)}
      >
        <option value="">{t.common.any}</option>
        {[[text.groups, WILDCARDS] as const, [text.single, EVENT_TYPES] as const].map(
          ([label, types]) => (
            <optgroup key={label} label={label}>
              {types.map((type) => (
                <option key={type} value={type}>
                  {type}
                </option>
              ))}
            </optgroup>
          ),
        )}
      </Select>
      <FilterSelect
        label={text.session}
        value={filters.sessionId}
        options={sessions.map(({ id, name }) => [id, name])}
        onChoose={(value) => choose('sessionId', value)}
      />
    </Filters>
  );
}
