export default {
  files: ['test/**/*.test.ts'],
  typescript: {rewritePaths: {'test/': 'dist/test/'}, compile: false},
  workerThreads: false,
  timeout: '120s',
};
