import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { api, ask, askWhole, type Schemas } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { live } from '../../api/live.ts';
import { paged } from '../../api/paged.ts';
import { Button } from '../../components/button.tsx';
import { Copyable } from '../../components/copy.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Input } from '../../components/field.tsx';
import { count } from '../../components/numbers.ts';
import { Card } from '../../components/page.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { FormError } from '../../components/states.tsx';
import { Status } from '../../components/status.tsx';
import { Cell, Row, Table } from '../../components/table.tsx';
import { Exact } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';

const text = t.settings.privacy;
const { columns } = text;
const TONES = { pending: 'wait', running: 'wait', done: 'good' } as const;

/** Erases people on their wish, and shows that it was done. */
export function Privacy(): ReactElement {
  const list = useInfiniteQuery({
    ...paged(['erasures'], (page) =>
      askWhole(api.GET('/v1/erasures', { params: { query: { limit: 50, ...page } } })),
    ),
    ...live,
  });
  return (
    <>
      <Card title={text.title}>
        <p className="max-w-prose text-muted">{text.lead}</p>
        <EraseContact />
      </Card>
      <PagedList list={list} empty={<p className="text-muted">{text.empty}</p>}>
        {(rows) => (
          <Table
            label={text.record}
            columns={[
              columns.id,
              columns.status,
              columns.messages,
              columns.files,
              columns.asked,
              columns.finished,
            ]}
          >
            {rows.map((erasure) => (
              <ErasureRow key={erasure.id} erasure={erasure} />
            ))}
          </Table>
        )}
      </PagedList>
    </>
  );
}

const ErasureRow = ({
  erasure: { id, status, counts, createdAt, finishedAt },
}: {
  erasure: Schemas['Erasure'];
}): ReactElement => (
  <Row>
    <Cell>
      <Copyable text={id} label={t.common.copy(columns.id)} />
    </Cell>
    <Cell>
      <Status tone={TONES[status]} word={text.status[status]} isMoving={status !== 'done'} />
    </Cell>
    <Cell>{count(counts.messages)}</Cell>
    <Cell>{count(counts.files)}</Cell>
    <Cell className="text-muted">
      <Exact at={createdAt} />
    </Cell>
    <Cell className="text-muted">{finishedAt === null ? '–' : <Exact at={finishedAt} />}</Cell>
  </Row>
);

/** Asks for the contact a second time: it cannot be undone. */
function EraseContact(): ReactElement {
  const [contact, setContact] = useState('');
  const [isAsked, setAsked] = useState(false);
  const client = useQueryClient();
  const erasing = useMutation({
    mutationFn: () => ask(api.POST('/v1/erasures', { body: { contact } })),
    onSuccess: async () => {
      setContact('');
      await client.invalidateQueries({ queryKey: ['erasures'] });
    },
    onSettled: () => setAsked(false),
  });
  return (
    <form
      noValidate
      className="grid max-w-lg gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (contact.trim() !== '') setAsked(true);
      }}
    >
      <Input
        label={text.contact}
        hint={text.contactHint}
        autoComplete="off"
        value={contact}
        error={fieldErrors(erasing.error)['contact']}
        onChange={(event) => setContact(event.target.value)}
      />
      <FormError error={erasing.error} shown={['contact']} />
      <div className="flex items-center gap-3">
        <Button type="submit">{text.erase}</Button>
        <span role="status" className="text-good">
          {erasing.isSuccess ? text.begun : ''}
        </span>
      </div>
      {isAsked && (
        <Confirm
          contact={contact.trim()}
          isBusy={erasing.isPending}
          onErase={() => erasing.mutate()}
          onClose={() => setAsked(false)}
        />
      )}
    </form>
  );
}

function Confirm({
  contact,
  isBusy,
  onErase,
  onClose,
}: {
  contact: string;
  isBusy: boolean;
  onErase: () => void;
  onClose: () => void;
}): ReactElement {
  const [typed, setTyped] = useState('');
  return (
    <Dialog title={text.confirmTitle(contact)} onClose={onClose}>
      <ul className="grid list-disc gap-2 pl-5">
        {text.consequences.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <Input
        label={text.type(contact)}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{t.common.cancel}</Button>
        <Button look="danger" disabled={typed.trim() !== contact} isBusy={isBusy} onClick={onErase}>
          {text.confirm}
        </Button>
      </div>
    </Dialog>
  );
}
