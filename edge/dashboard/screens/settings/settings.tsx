import { useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Page } from '../../components/page.tsx';
import { ShowCall } from '../../components/show-call.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { t } from '../../messages/en.ts';
import { AuditLog } from './audit.tsx';
import { Members } from './members.tsx';
import { Privacy } from './privacy.tsx';
import { WorkspaceSettings } from './workspace.tsx';

const TABS = ['workspace', 'members', 'privacy', 'audit'] as const;
const PATHS = {
  workspace: '/v1/workspace',
  members: '/v1/workspace/members',
  privacy: '/v1/erasures',
  audit: '/v1/audit',
} as const;

export function Settings(): ReactElement {
  const { tab } = useSearch({ from: '/shell/settings' });
  const current = TABS.find((name) => name === tab) ?? 'workspace';
  return (
    <Page
      title={t.settings.title}
      actions={<ShowCall calls={[{ method: 'GET', path: PATHS[current] }]} />}
    >
      <Tabs
        label={t.settings.title}
        current={current}
        tabs={TABS.map((id) => ({ id, label: t.settings.tabs[id] }))}
      />
      {current === 'workspace' && <WorkspaceSettings />}
      {current === 'members' && <Members />}
      {current === 'privacy' && <Privacy />}
      {current === 'audit' && <AuditLog />}
    </Page>
  );
}
