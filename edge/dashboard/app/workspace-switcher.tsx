import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { BASE_PATH } from '../api/base-path.ts';
import { api, ask } from '../api/client.ts';
import type { Me } from '../api/me.ts';
import { Icon } from '../components/icon.tsx';
import { Menu, MenuChoice, MenuLabel } from '../components/menu.tsx';
import { t } from '../messages/en.ts';

/** The workspace that everything on the page belongs to. */
export function WorkspaceSwitcher({ me }: { me: Me }): ReactElement {
  const client = useQueryClient();
  const switching = useMutation({
    mutationFn: (workspaceId: string) => ask(api.PATCH('/v1/me', { body: { workspaceId } })),
    onSuccess: async (changed) => {
      // Nothing of the former workspace is shown for a moment longer.
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' });
      client.setQueryData(['me'], changed);
      await client.invalidateQueries();
    },
  });
  const current = me.memberships.find(({ workspaceId }) => workspaceId === me.workspaceId);
  const name = current?.name ?? t.shell.workspace;
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={t.shell.switchWorkspace(name)}
          className="flex min-h-10 min-w-0 items-center gap-2.5 rounded-md px-2 text-left hover:bg-raised sm:w-full"
        >
          <img src={`${BASE_PATH}/docs-assets/icon.svg`} alt="" width={22} height={22} />
          <span className="truncate font-medium">{name}</span>
          <span className="ml-auto text-muted">
            <Icon name="chevron" />
          </span>
        </button>
      }
    >
      <MenuLabel>{t.shell.workspace}</MenuLabel>
      <MenuChoice
        value={me.workspaceId}
        options={me.memberships.map((membership) => ({
          value: membership.workspaceId,
          label: membership.isActive
            ? membership.name
            : `${membership.name} (${t.shell.suspended})`,
        }))}
        onChoose={(workspaceId) => switching.mutate(workspaceId)}
      />
    </Menu>
  );
}
