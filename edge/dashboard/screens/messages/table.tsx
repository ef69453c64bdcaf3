import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Icon } from '../../components/icon.tsx';
import { Status } from '../../components/status.tsx';
import { Cell, Row, ROW_LINK, Table } from '../../components/table.tsx';
import { Ago } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';
import { summaryOf } from './content.ts';
import { type Filters, type Message, TONES } from './message.ts';

const { columns, direction } = t.messages;

export const MessageTable = ({
  messages,
  filters,
}: {
  messages: readonly Message[];
  filters: Filters;
}): ReactElement => (
  <Table
    label={t.messages.title}
    columns={[columns.time, columns.chat, columns.type, columns.content, columns.status]}
  >
    {messages.map((message) => (
      <Row key={message.id}>
        <Cell className="text-muted">
          <Ago at={message.createdAt} />
        </Cell>
        <Cell>
          <span className="flex items-center gap-2">
            <span className="text-muted" title={direction[message.direction]}>
              <Icon name={message.direction === 'inbound' ? 'in' : 'out'} size={14} />
              <span className="sr-only">{direction[message.direction]}</span>
            </span>
            <Link
              to="/messages"
              search={{ ...filters, message: message.id }}
              className={`${ROW_LINK} font-mono text-sm`}
            >
              {message.chatId}
            </Link>
          </span>
        </Cell>
        <Cell className="text-muted">{message.type}</Cell>
        <Cell className="w-full max-w-64">
          <span className="block truncate">{summaryOf(message)}</span>
        </Cell>
        <Cell>
          <MessageState message={message} />
        </Cell>
      </Row>
    ))}
  </Table>
);

export const MessageState = ({ message }: { message: Message }): ReactElement =>
  message.direction === 'inbound' ? (
    <Status tone="off" word={t.messages.received} />
  ) : (
    <Status
      tone={TONES[message.status]}
      word={t.messages.status[message.status]}
      isMoving={message.status === 'sending'}
    />
  );
