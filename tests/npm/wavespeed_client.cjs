// Drives the official client as tests/e2e/test_official_clients.py tells it, on standard input:
// {baseUrl, apiKey, options, calls: [[method, ...arguments], ...]}. Prints what each call gave.
const { Client } = require("wavespeed");

console.log = console.error = () => {}; // the client's own talk about its retries

async function main() {
  const { baseUrl, apiKey, options, calls } = JSON.parse(require("fs").readFileSync(0, "utf8"));
  const client = new Client(apiKey, { baseUrl, ...options });
  const results = [];
  for (const [method, ...given] of calls) {
    try {
      results.push({ value: await client[method](...given) });
    } catch (error) {
      results.push({ error: error.name, message: error.message });
    }
  }
  process.stdout.write(JSON.stringify(results));
}

main();
