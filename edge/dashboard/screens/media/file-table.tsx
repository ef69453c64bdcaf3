import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { bytes } from '../../components/numbers.ts';
import { Cell, Row, ROW_LINK, Table } from '../../components/table.tsx';
import { Ago, Until } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';
import type { MediaFilters, StoredFile } from './queries.ts';

const text = t.media;
const { columns } = text;

export const nameOf = ({ filename }: StoredFile): string => filename ?? text.unnamed;

export const FileTable = ({
  files,
  filters,
}: {
  files: readonly StoredFile[];
  filters: MediaFilters;
}): ReactElement => (
  <Table
    label={text.title}
    columns={[
      columns.name,
      columns.type,
      columns.size,
      columns.from,
      columns.created,
      columns.gone,
    ]}
  >
    {files.map((file) => (
      <Row key={file.id}>
        <Cell className="w-full max-w-64">
          <Link
            to="/media"
            search={{ ...filters, file: file.id }}
            className={`${ROW_LINK} block truncate`}
          >
            {nameOf(file)}
          </Link>
        </Cell>
        <Cell className="font-mono text-sm text-muted">{file.mimetype}</Cell>
        <Cell className="text-right">{bytes(file.sizeBytes)}</Cell>
        <Cell className="text-muted">{text.directions[file.direction]}</Cell>
        <Cell className="text-muted">
          <Ago at={file.createdAt} />
        </Cell>
        <Cell className="text-muted">
          <Until at={file.expiresAt} />
        </Cell>
      </Row>
    ))}
  </Table>
);
