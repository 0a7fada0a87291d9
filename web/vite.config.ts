import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { sourcesHash } from './tools/sources.mjs';

// The service sends `default-src 'self'` and nothing inline: so no inlined assets and no polyfill.
// Names change with their contents: browsers may keep what lies under /assets/ for ever.
export default defineConfig({
  base: '/',
  plugins: [
    react(),
    {
      name: 'sources',
      transformIndexHtml: () => [
        {
          tag: 'meta',
          attrs: { name: 'ballast-sources', content: sourcesHash() },
          injectTo: 'head' as const,
        },
      ],
    },
  ],
  build: {
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      output: {
        entryFileNames: 'assets/app-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  server: {
    proxy: { '/api': { target: process.env.BALLAST_URL ?? 'http://127.0.0.1:8421', ws: true } },
  },
  test: { include: ['test/**/*.test.ts'] },
} as Parameters<typeof defineConfig>[0]);
