/**
 * What one sees first at `/`: the routes, in plain text for a terminal and as a small page for a browser.
 */
import { Hono } from "hono";
import type { ServerEnv } from "../env.ts";

/** The routes by what they are about. A link is shown where a plain GET gives something. */
const ROUTES: readonly (readonly [title: string, routes: readonly string[]])[] = [
  ["HAPPI", ["GET /api/v1/servers/state/", "GET /api/v1/servers/state/{backend}"]],
  ["HAProxy", [
    "GET /api/v1/info",
    "GET /api/v1/version",
    "GET /api/v1/stats",
    "GET /api/v1/errors",
    "GET /healthz",
    "GET /readyz",
  ]],
  ["Servers", [
    "GET /api/v1/backends",
    "GET /api/v1/backends/{backend}",
    "GET POST /api/v1/backends/{backend}/servers",
    "GET PATCH DELETE /api/v1/backends/{backend}/servers/{server}",
    "POST /api/v1/backends/{backend}/servers/{server}/drain",
  ]],
  ["Sessions", ["GET /api/v1/sessions", "GET DELETE /api/v1/sessions/{id}"]],
  ["Stick tables", [
    "GET /api/v1/tables",
    "GET /api/v1/tables/{table}",
    "DELETE /api/v1/tables/{table}/entries",
    "GET PUT DELETE /api/v1/tables/{table}/entries/{key}",
  ]],
  ["Maps and ACLs", [
    "GET /api/v1/maps",
    "GET /api/v1/maps/{map}",
    "GET POST PUT DELETE /api/v1/maps/{map}/entries",
    "GET PUT DELETE /api/v1/maps/{map}/entries/{key}",
    "GET /api/v1/acls",
    "GET /api/v1/acls/{acl}",
    "GET POST PUT DELETE /api/v1/acls/{acl}/entries",
    "GET PUT DELETE /api/v1/acls/{acl}/entries/{pattern}",
  ]],
  ["Certificates", ["GET POST /api/v1/certificates", "GET PUT /api/v1/certificates/{file}"]],
  ["Events", ["GET /api/v1/events", "GET /api/v1/events/{sink}", "GET /api/v1/events/{sink}?follow"]],
];

/** The app that answers `/`, to be mounted there. */
export const indexPage: Hono<ServerEnv> = new Hono<ServerEnv>().get("/", (c) => {
  const wantsPage = (c.req.header("accept") ?? "").includes("text/html");
  return wantsPage ? c.html(PAGE) : c.text(TEXT);
});

const TEXT = `happi: HAProxy's Runtime API over HTTP\n\n${
  ROUTES.map(([title, routes]) => `${title}\n${routes.map((route) => `  ${route}\n`).join("")}`).join("\n")
}`;

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h2 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
ul { list-style: none; margin: 0; padding: 0; }
li { display: flex; gap: .75rem; font-family: ui-monospace, monospace; font-size: .875rem; overflow-wrap: anywhere; }
li span { flex: 0 0 10rem; opacity: .7; }
a { color: LinkText; }`;

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>happi</title>
<style>${STYLE}</style></head>
<body><h1>happi</h1><p>HAProxy's Runtime API over HTTP.</p>
${ROUTES.map(([title, routes]) => `<h2>${title}</h2><ul>${routes.map(listItem).join("")}</ul>`).join("\n")}
</body></html>
`;

function listItem(route: string): string {
  const at = route.lastIndexOf(" ");
  const methods = route.slice(0, at);
  const path = route.slice(at + 1);
  const isLink = methods.startsWith("GET") && !path.includes("{");
  return `<li><span>${methods}</span>${isLink ? `<a href="${path}">${path}</a>` : `<code>${path}</code>`}</li>`;
}
