import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { ForgotPassword, ResetPassword } from '../screens/account/passwords.tsx';
import { AcceptInvitation, SignInByLink } from '../screens/account/links.tsx';
import { SignIn } from '../screens/account/sign-in.tsx';
import { SignInWithSupabase } from '../screens/account/supabase.tsx';
import { SignUp } from '../screens/account/sign-up.tsx';
import { BASE_PATH } from '../api/base-path.ts';
import { meQuery } from '../api/me.ts';
import { sessionsQuery } from '../api/sessions.ts';
import { Crashed, NotFound } from './dead-ends.tsx';
import { flag, nextOf, oneOf, parseSearch, stringifySearch, word } from './search.ts';

type Search = Record<string, unknown>;

const MESSAGE_STATUSES = [
  'queued',
  'sending',
  'unknown',
  'failed',
  'sent',
  'delivered',
  'read',
  'played',
] as const;
const DELIVERY_STATUSES = ['pending', 'delivered', 'failed', 'cancelled'] as const;

const LEAD_STATUSES = ['new', 'contacted', 'qualified', 'customer', 'lost'] as const;

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: Crashed,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: SignIn,
  validateSearch: (search: Search) => ({
    ...nextOf(search),
    ...flag(search, 'confirmed'),
    ...flag(search, 'reset'),
    ...oneOf(search, 'from', ['google'] as const),
    ...word(search, 'error'),
  }),
});
const signInWithSupabase = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/supabase',
  component: SignInWithSupabase,
});
const signInByLink = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/link',
  component: SignInByLink,
});
const signUp = createRoute({ getParentRoute: () => root, path: '/sign-up', component: SignUp });
const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  component: ForgotPassword,
});
const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  component: ResetPassword,
  validateSearch: (search: Search) => word(search, 'token'),
});
const invitations = createRoute({
  getParentRoute: () => root,
  path: '/invitations',
  component: AcceptInvitation,
  validateSearch: (search: Search) => word(search, 'token'),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: lazyRouteComponent(() => import('./shell.tsx'), 'Shell'),
  // Asked for while the code of the screen is on its way; so is the first list.
  loader: ({ context }) => void context.queryClient.prefetchQuery(meQuery),
});
const index = createRoute({
  getParentRoute: () => shell,
  path: '/',
  validateSearch: (search: Search) => word(search, 'error'),
  component: lazyRouteComponent(() => import('../screens/overview/overview.tsx'), 'Overview'),
  // Mailed links whose token does not work come here.
  beforeLoad: ({ search }) => {
    if (search.error !== undefined)
      throw redirect({ to: '/sign-in', search: { error: search.error } });
  },
});
const sessions = createRoute({
  getParentRoute: () => shell,
  path: '/sessions',
  component: lazyRouteComponent(() => import('../screens/sessions/list.tsx'), 'SessionList'),
  validateSearch: (search: Search) => ({ ...flag(search, 'archived'), ...flag(search, 'create') }),
  loaderDeps: ({ search: { archived = false } }) => ({ archived }),
  loader: ({ context, deps }) =>
    void context.queryClient.prefetchInfiniteQuery(sessionsQuery(deps.archived)),
});
const session = createRoute({
  getParentRoute: () => shell,
  path: '/sessions/$sessionId',
  component: lazyRouteComponent(() => import('../screens/sessions/detail.tsx'), 'SessionDetail'),
  validateSearch: (search: Search) => word(search, 'tab'),
});

const welcome = createRoute({
  getParentRoute: () => shell,
  path: '/welcome',
  component: lazyRouteComponent(() => import('../screens/welcome/welcome.tsx'), 'Welcome'),
});
const messages = createRoute({
  getParentRoute: () => shell,
  path: '/messages',
  component: lazyRouteComponent(() => import('../screens/messages/list.tsx'), 'MessageList'),
  validateSearch: (search: Search) => ({
    ...word(search, 'sessionId'),
    ...oneOf(search, 'direction', ['inbound', 'outbound'] as const),
    ...oneOf(search, 'status', MESSAGE_STATUSES),
    ...word(search, 'reference'),
    ...word(search, 'type'),
    ...word(search, 'chatId'),
    ...word(search, 'since'),
    ...word(search, 'until'),
    ...word(search, 'message'),
    ...flag(search, 'compose'),
  }),
});
const webhooks = createRoute({
  getParentRoute: () => shell,
  path: '/webhooks',
  component: lazyRouteComponent(() => import('../screens/webhooks/list.tsx'), 'WebhookList'),
  validateSearch: (search: Search) => flag(search, 'create'),
});
const webhook = createRoute({
  getParentRoute: () => shell,
  path: '/webhooks/$webhookId',
  component: lazyRouteComponent(() => import('../screens/webhooks/detail.tsx'), 'WebhookDetail'),
  validateSearch: (search: Search) => ({
    ...oneOf(search, 'status', DELIVERY_STATUSES),
    ...word(search, 'tab'),
  }),
});
const events = createRoute({
  getParentRoute: () => shell,
  path: '/events',
  component: lazyRouteComponent(() => import('../screens/events/events.tsx'), 'Events'),
  validateSearch: (search: Search) => ({
    ...word(search, 'types'),
    ...word(search, 'sessionId'),
    ...word(search, 'event'),
  }),
});
const chats = createRoute({
  getParentRoute: () => shell,
  path: '/chats',
  component: lazyRouteComponent(() => import('../screens/chats/chats.tsx'), 'Chats'),
  validateSearch: (search: Search) => ({ ...word(search, 'sessionId'), ...word(search, 'chat') }),
});
const contacts = createRoute({
  getParentRoute: () => shell,
  path: '/contacts',
  component: lazyRouteComponent(() => import('../screens/people/people.tsx'), 'People'),
  validateSearch: (search: Search) => ({
    ...word(search, 'sessionId'),
    ...word(search, 'tab'),
    ...word(search, 'group'),
    ...word(search, 'contact'),
    ...flag(search, 'create'),
  }),
});
const leads = createRoute({
  getParentRoute: () => shell,
  path: '/leads',
  component: lazyRouteComponent(() => import('../screens/leads/leads.tsx'), 'Leads'),
  validateSearch: (search: Search) => ({
    ...oneOf(search, 'status', LEAD_STATUSES),
    ...flag(search, 'create'),
    ...word(search, 'lead'),
  }),
});
const media = createRoute({
  getParentRoute: () => shell,
  path: '/media',
  component: lazyRouteComponent(() => import('../screens/media/media.tsx'), 'Media'),
  validateSearch: (search: Search) => ({
    ...oneOf(search, 'direction', ['inbound', 'outbound'] as const),
    ...word(search, 'sessionId'),
    ...word(search, 'file'),
  }),
});
const statistics = createRoute({
  getParentRoute: () => shell,
  path: '/statistics',
  component: lazyRouteComponent(() => import('../screens/statistics/statistics.tsx'), 'Statistics'),
  validateSearch: (search: Search) => ({
    ...word(search, 'days'),
    ...oneOf(search, 'by', ['day', 'session', 'type'] as const),
    ...word(search, 'sessionId'),
  }),
});
const admin = createRoute({
  getParentRoute: () => shell,
  path: '/administration',
  component: lazyRouteComponent(() => import('../screens/admin/admin.tsx'), 'Admin'),
  validateSearch: (search: Search) => word(search, 'tab'),
});
const keys = createRoute({
  getParentRoute: () => shell,
  path: '/keys',
  component: lazyRouteComponent(() => import('../screens/keys/list.tsx'), 'KeyList'),
  validateSearch: (search: Search) => flag(search, 'create'),
});
const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  component: lazyRouteComponent(() => import('../screens/settings/settings.tsx'), 'Settings'),
  validateSearch: (search: Search) => ({
    ...word(search, 'tab'),
    ...oneOf(search, 'kind', ['security', 'request', 'all'] as const),
  }),
});

const routeTree = root.addChildren([
  signIn,
  signInByLink,
  signInWithSupabase,
  signUp,
  forgotPassword,
  resetPassword,
  invitations,
  shell.addChildren([
    index,
    welcome,
    sessions,
    session,
    messages,
    webhooks,
    webhook,
    events,
    chats,
    contacts,
    leads,
    media,
    statistics,
    admin,
    keys,
    settings,
  ]),
]);

export const makeRouter = (queryClient: QueryClient) =>
  createRouter({
    routeTree,
    context: { queryClient },
    basepath: BASE_PATH || '/',
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    scrollRestoration: true,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
