import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { sessionsQuery } from '../../api/sessions.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { ShowCall } from '../../components/show-call.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { Empty } from '../../components/states.tsx';
import { LiveNote } from '../../components/live-note.tsx';
import { t } from '../../messages/en.ts';
import { CreateSession } from './create.tsx';
import { SessionTable } from './table.tsx';

export function SessionList(): ReactElement {
  const { archived = false, create = false } = useSearch({ from: '/shell/sessions' });
  const navigate = useNavigate();
  const list = useInfiniteQuery(sessionsQuery(archived));
  const setCreate = (isOpen: boolean): void => {
    void navigate({ to: '/sessions', search: isOpen ? { create: true } : {} });
  };
  return (
    <Page
      title={t.sessions.title}
      lead={
        <>
          {t.sessions.lead} <LiveNote />
        </>
      }
      actions={
        <>
          <ShowCall
            calls={[
              { method: 'GET', path: '/v1/sessions' },
              { method: 'POST', path: '/v1/sessions', body: { name: 'support', mode: 'sandbox' } },
            ]}
          />
          <Link
            to="/sessions"
            search={archived ? {} : { archived: true }}
            className={buttonClass('plain')}
          >
            {archived ? t.sessions.showActive : t.sessions.showArchived}
          </Link>
          <Button look="primary" onClick={() => setCreate(true)}>
            <Icon name="plus" />
            {t.sessions.create}
          </Button>
        </>
      }
    >
      <PagedList
        list={list}
        empty={
          archived ? (
            <Empty title={t.sessions.noneArchived} />
          ) : (
            <Empty
              title={t.sessions.empty}
              action={
                <>
                  <Link to="/welcome" className={buttonClass('primary')}>
                    {t.sessions.emptySandbox}
                  </Link>
                  <Button onClick={() => setCreate(true)}>{t.sessions.emptyLive}</Button>
                </>
              }
            >
              {t.sessions.emptyLead}
            </Empty>
          )
        }
      >
        {(rows) => <SessionTable sessions={rows} />}
      </PagedList>
      {create && <CreateSession onClose={() => setCreate(false)} />}
    </Page>
  );
}
