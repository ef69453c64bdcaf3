import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { ShownCall } from '../../api/snippets.ts';
import { Page } from '../../components/page.tsx';
import { NotOnline, SessionSelect, useSession } from '../../components/session-select.tsx';
import { ShowCall } from '../../components/show-call.tsx';
import { Loading } from '../../components/states.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { t } from '../../messages/en.ts';
import { CheckNumbers } from './check-numbers.tsx';
import { Contacts } from './contacts.tsx';
import { NewGroup } from './create-group.tsx';
import { Groups } from './groups.tsx';

const text = t.people;
const TABS = ['contacts', 'groups', 'check'] as const;

export function People(): ReactElement {
  const search = useSearch({ from: '/shell/contacts' });
  const { session, sessions } = useSession(search.sessionId);
  const navigate = useNavigate();
  const tab = TABS.find((name) => name === search.tab) ?? 'contacts';
  const sessionName = session?.name ?? '';
  const calls: Record<(typeof TABS)[number], ShownCall[]> = {
    contacts: [{ method: 'GET', path: `/v1/contacts?sessionId=${sessionName}` }],
    groups: [
      { method: 'GET', path: `/v1/groups?sessionId=${sessionName}` },
      {
        method: 'POST',
        path: '/v1/groups',
        body: { sessionId: sessionName, subject: 'Book club', members: ['+15550100010'] },
      },
    ],
    check: [
      {
        method: 'POST',
        path: '/v1/contacts/check',
        body: { sessionId: sessionName, numbers: ['+15550100010'] },
      },
    ],
  };
  return (
    <Page
      title={text.title}
      lead={text.lead}
      actions={
        <>
          <ShowCall calls={calls[tab]} />
          {tab === 'groups' && session?.status === 'online' && <NewGroup sessionId={session.id} />}
        </>
      }
    >
      {sessions === undefined && <Loading />}
      {sessions !== undefined && session !== undefined && (
        <div className="max-w-sm">
          <SessionSelect
            sessions={sessions}
            value={session.id}
            onChoose={(sessionId) => void navigate({ to: '/contacts', search: { sessionId, tab } })}
          />
        </div>
      )}
      {sessions !== undefined && session?.status !== 'online' && <NotOnline session={session} />}
      {session?.status === 'online' && (
        <>
          <Tabs
            label={text.title}
            current={tab}
            tabs={TABS.map((id) => ({ id, label: text.tabs[id] }))}
            keep={{ sessionId: session.id }}
          />
          {tab === 'contacts' && <Contacts sessionId={session.id} />}
          {tab === 'groups' && <Groups sessionId={session.id} />}
          {tab === 'check' && <CheckNumbers sessionId={session.id} />}
        </>
      )}
    </Page>
  );
}
