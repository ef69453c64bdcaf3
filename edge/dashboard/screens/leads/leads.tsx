import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { api, askWhole } from '../../api/client.ts';
import { paged } from '../../api/paged.ts';
import { Button } from '../../components/button.tsx';
import { Filters, FilterSelect } from '../../components/filters.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { ShowCall } from '../../components/show-call.tsx';
import { Empty } from '../../components/states.tsx';
import { Status } from '../../components/status.tsx';
import { Cell, Row, ROW_LINK, Table } from '../../components/table.tsx';
import { Ago } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';
import { CreateLead, EditLead } from './forms.tsx';
import { LEAD_STATUSES, nameOf, TONES } from './lead.ts';

const text = t.leads;
const { columns } = text;

export function Leads(): ReactElement {
  const { status, create = false, lead: opened } = useSearch({ from: '/shell/leads' });
  const navigate = useNavigate();
  const list = useInfiniteQuery(
    paged(['leads', status], (page) => {
      const query = { limit: 50, ...(status !== undefined && { status }), ...page };
      return askWhole(api.GET('/v1/leads', { params: { query } }));
    }),
  );
  const filter = status === undefined ? {} : { status };
  const close = (): void => void navigate({ to: '/leads', search: filter });
  const createButton = (
    <Button
      look="primary"
      onClick={() => void navigate({ to: '/leads', search: { ...filter, create: true } })}
    >
      <Icon name="plus" />
      {text.create}
    </Button>
  );
  const rows = list.data?.pages.flatMap(({ data }) => data);
  const lead = rows?.find(({ id }) => id === opened);
  return (
    <Page
      title={text.title}
      lead={text.lead}
      actions={
        <>
          <ShowCall
            calls={[
              { method: 'GET', path: '/v1/leads' },
              { method: 'POST', path: '/v1/leads', body: { person: '+15550100010', name: 'Ada' } },
            ]}
          />
          {createButton}
        </>
      }
    >
      <Filters>
        <FilterSelect
          label={columns.status}
          value={status}
          options={LEAD_STATUSES.map((one) => [one, text.statuses[one]])}
          onChoose={(value) => {
            const next = LEAD_STATUSES.find((one) => one === value);
            void navigate({ to: '/leads', search: next === undefined ? {} : { status: next } });
          }}
        />
      </Filters>
      <PagedList
        list={list}
        empty={
          status === undefined ? (
            <Empty title={text.empty} action={createButton}>
              {text.emptyLead}
            </Empty>
          ) : (
            <Empty title={text.emptyFiltered} />
          )
        }
      >
        {(leads) => (
          <Table
            label={text.title}
            columns={[
              columns.name,
              columns.number,
              columns.status,
              columns.source,
              columns.updated,
            ]}
          >
            {leads.map((one) => (
              <Row key={one.id}>
                <Cell className="w-full max-w-64">
                  <Link
                    to="/leads"
                    search={{ ...filter, lead: one.id }}
                    className={`${ROW_LINK} block truncate`}
                  >
                    {nameOf(one)}
                  </Link>
                  {one.notes !== null && (
                    <span className="block truncate text-sm text-muted">{one.notes}</span>
                  )}
                </Cell>
                <Cell className="font-mono text-sm">{one.person.id}</Cell>
                <Cell>
                  <Status tone={TONES[one.status]} word={text.statuses[one.status]} />
                </Cell>
                <Cell className="text-muted">{text.sources[one.source]}</Cell>
                <Cell className="text-muted">
                  <Ago at={one.updatedAt} />
                </Cell>
              </Row>
            ))}
          </Table>
        )}
      </PagedList>
      {create && <CreateLead onClose={close} />}
      {lead !== undefined && <EditLead key={lead.id} lead={lead} onClose={close} />}
    </Page>
  );
}
