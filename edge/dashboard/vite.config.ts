import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // Below whichever path a proxy serves the page; the Worker writes the path into it.
  base: './',
  plugins: [react(), tailwindcss()],
  build: {
    outDir: '../dist/dashboard',
    assetsDir: 'dashboard-assets',
    target: ['chrome123', 'firefox121', 'safari17.5'],
    // The policy of the page allows no data: script or style.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // Two files in place of a dozen small ones behind each screen. The lists of menus are of their own.
        codeSplitting: {
          groups: [
            {
              name: 'libraries',
              test: /\/node_modules\/(?:react|react-dom|scheduler|@tanstack)\//,
            },
            { name: 'shared', test: /\/dashboard\/(?:api|components(?!\/menu-list)|messages)\// },
          ],
        },
      },
    },
  },
});
