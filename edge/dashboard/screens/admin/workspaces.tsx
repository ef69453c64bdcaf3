import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { api, ask, askWhole, type Schemas } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { paged } from '../../api/paged.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox, Input, Select } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { bytes, count } from '../../components/numbers.ts';
import { PagedList } from '../../components/paged-list.tsx';
import { Status } from '../../components/status.tsx';
import { Cell, Row, Table } from '../../components/table.tsx';
import { t } from '../../messages/en.ts';

const text = t.admin.workspaces;
const { columns } = text;
const TIERS = ['basic', 'pro', 'max'] as const;
type Workspace = Schemas['AdminWorkspace'];

export function Workspaces(): ReactElement {
  const [changed, setChanged] = useState<Workspace>();
  const list = useInfiniteQuery(
    paged(['admin', 'workspaces'], (page) =>
      askWhole(api.GET('/v1/admin/workspaces', { params: { query: { limit: 50, ...page } } })),
    ),
  );
  return (
    <>
      <PagedList list={list} empty={null}>
        {(rows) => (
          <Table
            label={t.admin.tabs.workspaces}
            columns={[
              columns.name,
              columns.tier,
              columns.sessions,
              columns.media,
              columns.members,
              columns.state,
              '',
            ]}
          >
            {rows.map((workspace) => (
              <Row key={workspace.id}>
                <Cell>
                  <span className="block font-medium">{workspace.name}</span>
                  <span className="block font-mono text-xs text-muted">{workspace.id}</span>
                </Cell>
                <Cell>{workspace.tier}</Cell>
                <Cell>{sessionsOf(workspace)}</Cell>
                <Cell className="text-muted">
                  {text.used(bytes(workspace.mediaBytesUsed), bytes(workspace.maxMediaBytes))}
                </Cell>
                <Cell>{count(workspace.members)}</Cell>
                <Cell>
                  {workspace.isActive ? (
                    <Status tone="good" word={text.active} />
                  ) : (
                    <Status tone="bad" word={text.suspended} />
                  )}
                </Cell>
                <Cell className="w-0">
                  <Button
                    aria-label={text.title(workspace.name)}
                    onClick={() => setChanged(workspace)}
                  >
                    {text.change}
                  </Button>
                </Cell>
              </Row>
            ))}
          </Table>
        )}
      </PagedList>
      {changed !== undefined && (
        <ChangeWorkspace workspace={changed} onClose={() => setChanged(undefined)} />
      )}
    </>
  );
}

const sessionsOf = ({ sessionsUsed, maxSessions }: Workspace): string =>
  text.used(count(sessionsUsed), maxSessions === 'unlimited' ? text.unlimited : count(maxSessions));

/** The limit as it was typed: empty is the tier's own. */
function limitOf(typed: string): number | 'unlimited' | null {
  const words = typed.trim();
  if (words === '') return null;
  return words === 'unlimited' ? words : Number(words);
}

function ChangeWorkspace({
  workspace,
  onClose,
}: {
  workspace: Workspace;
  onClose: () => void;
}): ReactElement {
  const [tier, setTier] = useState(workspace.tier);
  const [limit, setLimit] = useState(String(workspace.maxSessionsOverride ?? ''));
  const [isSuspended, setSuspended] = useState(!workspace.isActive);
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: () => {
      const body = { tier, maxSessions: limitOf(limit), isActive: !isSuspended };
      return ask(
        api.PATCH('/v1/admin/workspaces/{id}', { params: { path: { id: workspace.id } }, body }),
      );
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['admin'] });
      onClose();
    },
  });
  return (
    <FormDialog
      title={text.title(workspace.name)}
      submit={t.common.save}
      saving={saving}
      shown={['maxSessions']}
      onClose={onClose}
    >
      <Select
        label={text.tier}
        value={tier}
        onChange={(event) => setTier(TIERS.find((one) => one === event.target.value) ?? tier)}
      >
        {TIERS.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </Select>
      <Input
        label={text.limit}
        hint={text.limitHint}
        autoComplete="off"
        value={limit}
        error={fieldErrors(saving.error)['maxSessions']}
        onChange={(event) => setLimit(event.target.value)}
      />
      <Checkbox
        label={text.suspend}
        hint={text.suspendHint}
        checked={isSuspended}
        onChange={(event) => setSuspended(event.target.checked)}
      />
    </FormDialog>
  );
}
