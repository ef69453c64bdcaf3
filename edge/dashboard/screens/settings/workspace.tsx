import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { api, ask } from '../../api/client.ts';
import { Copyable } from '../../components/copy.tsx';
import { Facts } from '../../components/facts.tsx';
import { Card } from '../../components/page.tsx';
import { ErrorNote, Loading } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { WorkspaceForm } from './workspace-form.tsx';

const text = t.settings.workspace;

export function WorkspaceSettings(): ReactElement {
  const { data: workspace, error } = useQuery({
    queryKey: ['workspace'],
    queryFn: () => ask(api.GET('/v1/workspace')),
  });
  if (error !== null) return <ErrorNote error={error} />;
  if (workspace === undefined) return <Loading />;
  const { maxSessions } = workspace;
  const most = maxSessions === 'unlimited' ? text.unlimited : maxSessions.toLocaleString();
  return (
    <>
      <Card title={text.title}>
        <Facts
          facts={[
            [text.usage, text.used(workspace.sessionsUsed, most)],
            [text.tier, workspace.tier],
            [text.id, <Copyable key="id" text={workspace.id} label={t.common.copy(text.id)} />],
          ]}
        />
      </Card>
      <WorkspaceForm key={workspace.id} workspace={workspace} />
    </>
  );
}
