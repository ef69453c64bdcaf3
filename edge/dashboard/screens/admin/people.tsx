import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { api, ask, askWhole, type Schemas } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { paged } from '../../api/paged.ts';
import { Button } from '../../components/button.tsx';
import { Input } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { Empty } from '../../components/states.tsx';
import { Badge, Status } from '../../components/status.tsx';
import { Cell, Row, Table } from '../../components/table.tsx';
import { Ago } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';
import { UserMenu } from './user-menu.tsx';

const text = t.admin.people;
const { columns } = text;

export function People(): ReactElement {
  const [email, setEmail] = useState('');
  const [isCreating, setCreating] = useState(false);
  const list = useInfiniteQuery(
    paged(['admin', 'users', email], (page) => {
      const query = { limit: 50, ...(email !== '' && { email }), ...page };
      return askWhole(api.GET('/v1/admin/users', { params: { query } }));
    }),
  );
  return (
    <>
      <form
        className="flex flex-wrap items-end justify-between gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          const typed = new FormData(event.currentTarget).get('email');
          setEmail(typeof typed === 'string' ? typed.trim() : '');
        }}
      >
        <div className="w-72 max-w-full">
          <Input label={text.search} name="email" type="search" autoComplete="off" />
        </div>
        <Button look="primary" onClick={() => setCreating(true)}>
          <Icon name="plus" />
          {text.create}
        </Button>
      </form>
      <PagedList list={list} empty={<Empty title={text.empty} />}>
        {(rows) => (
          <Table
            label={t.admin.tabs.people}
            columns={[columns.name, columns.email, columns.role, columns.state, columns.since, '']}
          >
            {rows.map((user) => (
              <Row key={user.id}>
                <Cell className="font-medium">{user.name}</Cell>
                <Cell className="max-w-64 truncate text-muted">{user.email}</Cell>
                <Cell>{user.role === 'admin' ? <Badge>{text.admin}</Badge> : text.user}</Cell>
                <Cell>
                  <UserState user={user} />
                </Cell>
                <Cell className="text-muted">
                  <Ago at={user.createdAt} />
                </Cell>
                <Cell className="w-0">
                  <UserMenu user={user} />
                </Cell>
              </Row>
            ))}
          </Table>
        )}
      </PagedList>
      {isCreating && <CreateUser onClose={() => setCreating(false)} />}
    </>
  );
}

function UserState({ user }: { user: Schemas['User'] }): ReactElement {
  if (!user.isActive) return <Status tone="bad" word={text.disabled} />;
  return user.emailVerified ? (
    <Status tone="good" word={text.active} />
  ) : (
    <Status tone="wait" word={text.unconfirmed} />
  );
}

function CreateUser({ onClose }: { onClose: () => void }): ReactElement {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const client = useQueryClient();
  const creating = useMutation({
    mutationFn: () => ask(api.POST('/v1/admin/users', { body: { name, email } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['admin', 'users'] });
      onClose();
    },
  });
  const errors = fieldErrors(creating.error);
  return (
    <FormDialog
      title={text.create}
      submit={text.submit}
      saving={creating}
      shown={['name', 'email']}
      onClose={onClose}
    >
      <Input
        label={text.createName}
        autoComplete="off"
        required
        value={name}
        error={errors['name']}
        onChange={(event) => setName(event.target.value)}
      />
      <Input
        label={text.createEmail}
        hint={text.createHint}
        type="email"
        autoComplete="off"
        required
        value={email}
        error={errors['email']}
        onChange={(event) => setEmail(event.target.value)}
      />
    </FormDialog>
  );
}
