import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { ForgotPassword, ResetPassword } from '../screens/account/passwords.tsx';
import { AcceptInvitation, SignInByLink } from '../screens/account/links.tsx';
import { SignIn } from '../screens/account/sign-in.tsx';
import { SignUp } from '../screens/account/sign-up.tsx';
import { Crashed, NotFound } from './dead-ends.tsx';
import { flag, nextOf, parseSearch, stringifySearch, word } from './search.ts';
import { Shell } from './shell.tsx';

type Search = Record<string, unknown>;

const root = createRootRoute({
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
    ...word(search, 'error'),
  }),
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

const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell });
const index = createRoute({
  getParentRoute: () => shell,
  path: '/',
  validateSearch: (search: Search) => word(search, 'error'),
  // Mailed links whose token does not work come here.
  beforeLoad: ({ search }) => {
    throw search.error === undefined
      ? redirect({ to: '/sessions' })
      : redirect({ to: '/sign-in', search: { error: search.error } });
  },
});
const sessions = createRoute({
  getParentRoute: () => shell,
  path: '/sessions',
  component: lazyRouteComponent(() => import('../screens/sessions/list.tsx'), 'SessionList'),
  validateSearch: (search: Search) => ({ ...flag(search, 'archived'), ...flag(search, 'create') }),
});
const session = createRoute({
  getParentRoute: () => shell,
  path: '/sessions/$sessionId',
  component: lazyRouteComponent(() => import('../screens/sessions/detail.tsx'), 'SessionDetail'),
  validateSearch: (search: Search) => word(search, 'tab'),
});

const routeTree = root.addChildren([
  signIn,
  signInByLink,
  signUp,
  forgotPassword,
  resetPassword,
  invitations,
  shell.addChildren([index, sessions, session]),
]);

export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
