// A shop by configuration alone: node vendure_server.js FOLDER PORT SQLITE_FILE
// FOLDER holds node_modules; the superuser's password stands in VENDURE_PASSWORD.
const [folder, port, database] = process.argv.slice(2);
const { createRequire } = require('node:module');
const find = createRequire(folder + '/');
const core = find('@vendure/core');

const config = {
  apiOptions: { hostname: '127.0.0.1', port: Number(port), adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
  authOptions: {
    tokenMethod: ['bearer', 'api-key'],
    superadminCredentials: { identifier: 'superadmin', password: process.env.VENDURE_PASSWORD },
  },
  dbConnectionOptions: { type: 'better-sqlite3', database, synchronize: true, logging: false },
  paymentOptions: { paymentMethodHandlers: [core.dummyPaymentHandler] },
  logger: new core.DefaultLogger({ level: core.LogLevel.Warn, timestamp: false }),
  plugins: [],
};

core.bootstrap(config).catch((error) => {
  console.error(error);
  process.exit(1);
});
