import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { ShowCall } from '../../components/show-call.tsx';
import { Empty, ErrorNote, Loading } from '../../components/states.tsx';
import { LiveNote } from '../../components/live-note.tsx';
import { t } from '../../messages/en.ts';
import { Compose } from './compose.tsx';
import { MessageSheet } from './detail.tsx';
import { ExportMenu } from './export-menu.tsx';
import { FilterBar } from './filters.tsx';
import { mergeNewest } from './merge.ts';
import { messagesQuery, newestQuery } from './message.ts';
import { MessageTable } from './table.tsx';

export function MessageList(): ReactElement {
  const search = useSearch({ from: '/shell/messages' });
  const { message, compose, ...filters } = search;
  const navigate = useNavigate();
  const list = useInfiniteQuery(messagesQuery(filters));
  const newest = useQuery(newestQuery(filters));
  const shown = list.data?.pages.flatMap(({ data }) => data);
  const merged = shown && mergeNewest(shown, newest.data?.data ?? []);
  const isFiltered = Object.keys(filters).length > 0;
  const setCompose = (isOpen: boolean): void => {
    void navigate({
      to: '/messages',
      search: { ...filters, ...(isOpen && { compose: true as const }) },
    });
  };
  const query = new URLSearchParams(filters).toString();
  return (
    <Page
      title={t.messages.title}
      lead={
        <>
          {t.messages.lead} <LiveNote />
        </>
      }
      actions={
        <>
          <ShowCall
            calls={[{ method: 'GET', path: `/v1/messages${query === '' ? '' : `?${query}`}` }]}
          />
          <ExportMenu query={query} />
          <Button look="primary" onClick={() => setCompose(true)}>
            <Icon name="send" />
            {t.messages.compose}
          </Button>
        </>
      }
    >
      <div className="grid">
        <FilterBar filters={filters} />
        <div role="status" className="[&:not(:empty)]:mt-4">
          {merged !== undefined && merged.fresh > 0 && (
            <Button onClick={() => void list.refetch()}>{t.messages.fresh(merged.fresh)}</Button>
          )}
        </div>
      </div>
      {list.error !== null && <ErrorNote error={list.error} onRetry={() => void list.refetch()} />}
      {merged === undefined && list.error === null && <Loading rows={8} />}
      {merged !== undefined && merged.rows.length > 0 && (
        <MessageTable messages={merged.rows} filters={filters} />
      )}
      {merged?.rows.length === 0 && merged.fresh === 0 && (
        <Empty
          title={isFiltered ? t.messages.emptyFiltered : t.messages.empty}
          action={
            isFiltered ? (
              <Button onClick={() => void navigate({ to: '/messages', search: {} })}>
                {t.messages.clear}
              </Button>
            ) : (
              <Button look="primary" onClick={() => setCompose(true)}>
                {t.messages.compose}
              </Button>
            )
          }
        >
          {isFiltered ? undefined : t.messages.emptyLead}
        </Empty>
      )}
      {list.hasNextPage && (
        <div>
          <Button isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t.common.more}
          </Button>
        </div>
      )}
      {message !== undefined && (
        <MessageSheet
          id={message}
          onClose={() => void navigate({ to: '/messages', search: filters })}
        />
      )}
      {compose === true && <Compose onClose={() => setCompose(false)} />}
    </Page>
  );
}
