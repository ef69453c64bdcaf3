import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactElement, useRef, useState } from 'react';
import { allSessionsQuery } from '../../api/sessions.ts';
import { upload } from '../../api/upload.ts';
import { Button } from '../../components/button.tsx';
import { Filters, FilterSelect } from '../../components/filters.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { ShowCall } from '../../components/show-call.tsx';
import { Empty, ErrorNote } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { FileSheet } from './file-sheet.tsx';
import { FileTable } from './file-table.tsx';
import { filesQuery, type MediaFilters } from './queries.ts';

const text = t.media;
const DIRECTIONS = ['inbound', 'outbound'] as const;

export function Media(): ReactElement {
  const { file: opened, ...filters } = useSearch({ from: '/shell/media' });
  const navigate = useNavigate();
  const list = useInfiniteQuery(filesQuery(filters));
  const picker = useRef<HTMLInputElement>(null);
  const uploading = useUploads();
  const isFiltered = Object.keys(filters).length > 0;
  const rows = list.data?.pages.flatMap(({ data }) => data);
  const uploadButton = (
    <Button look="primary" isBusy={uploading.isPending} onClick={() => picker.current?.click()}>
      <Icon name="upload" />
      {uploading.progress ?? text.upload}
    </Button>
  );
  return (
    <div
      className="min-h-dvh"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        uploading.start([...event.dataTransfer.files]);
      }}
    >
      <Page
        title={text.title}
        lead={text.lead}
        actions={
          <>
            <ShowCall calls={[{ method: 'GET', path: '/v1/media' }]} />
            <input
              ref={picker}
              type="file"
              multiple
              aria-label={text.upload}
              className="sr-only"
              tabIndex={-1}
              onChange={(event) => {
                uploading.start([...(event.target.files ?? [])]);
                event.target.value = '';
              }}
            />
            {uploadButton}
          </>
        }
      >
        <MediaFilterBar filters={filters} />
        {uploading.error !== null && <ErrorNote error={uploading.error} />}
        <PagedList
          list={list}
          empty={
            isFiltered ? (
              <Empty title={text.emptyFiltered} />
            ) : (
              <Empty title={text.empty}>{text.emptyLead}</Empty>
            )
          }
        >
          {(files) => <FileTable files={files} filters={filters} />}
        </PagedList>
        {opened !== undefined && rows !== undefined && (
          <FileSheet
            file={rows.find(({ id }) => id === opened)}
            onClose={() => void navigate({ to: '/media', search: filters })}
          />
        )}
      </Page>
    </div>
  );
}

/** One after the other, so that a slow line is not shared among many. */
function useUploads() {
  const [progress, setProgress] = useState<string>();
  const client = useQueryClient();
  const sending = useMutation({
    mutationFn: async (files: readonly File[]) => {
      for (const [index, file] of files.entries()) {
        setProgress(text.uploading(index, files.length));
        // oxlint-disable-next-line no-await-in-loop
        await upload(file);
      }
    },
    onSettled: async () => {
      setProgress(undefined);
      await client.invalidateQueries({ queryKey: ['media', 'list'] });
    },
  });
  const start = (files: readonly File[]): void => {
    if (files.length > 0 && !sending.isPending) sending.mutate(files);
  };
  return { progress, start, isPending: sending.isPending, error: sending.error };
}

function MediaFilterBar({ filters }: { filters: MediaFilters }): ReactElement {
  const { data: sessions = [] } = useQuery(allSessionsQuery);
  const navigate = useNavigate();
  const { direction, ...rest } = filters;
  return (
    <Filters>
      <FilterSelect
        label={text.filters.direction}
        value={direction}
        options={DIRECTIONS.map((one) => [one, text.directions[one]])}
        onChoose={(value) => {
          const next = DIRECTIONS.find((one) => one === value);
          const search = { ...rest, ...(next !== undefined && { direction: next }) };
          void navigate({ to: '/media', search, replace: true });
        }}
      />
      <FilterSelect
        label={text.filters.session}
        value={filters.sessionId}
        options={sessions.map(({ id, name }) => [id, name])}
        onChoose={(sessionId) =>
          void navigate({ to: '/media', search: { ...filters, sessionId }, replace: true })
        }
      />
    </Filters>
  );
}
