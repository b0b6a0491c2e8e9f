// A small server built with Fedify (https://fedify.dev): one person, driven by JSON over HTTP at /do/*.
// For interoperability runs on loopback alone. `node fedify.mjs HOST PORT`, with @fedify/fedify beside it.
import http from "node:http";
import { createFederation, MemoryKvStore, InProcessMessageQueue, generateCryptoKeyPair } from "@fedify/fedify";
import * as v from "@fedify/vocab";
import { LanguageString } from "@fedify/vocab-runtime";
import { configure, getConsoleSink } from "@logtape/logtape";

const [, , host, port] = process.argv;
const base = `https://${host}`;
const NAME = "fred";
await configure({ sinks: { console: getConsoleSink() }, loggers: [{ category: "fedify", sinks: ["console"], lowestLevel: "info" }, { category: ["logtape", "meta"], sinks: ["console"], lowestLevel: "warning" }] });

const federation = createFederation({
  kv: new MemoryKvStore(), queue: new InProcessMessageQueue(),
  origin: base, inboxChallengePolicy: { enabled: true, requestNonce: true },
});
const pairs = [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await generateCryptoKeyPair("Ed25519")];
const seen = new Map();       // object id -> { content, name, summary, sensitive, attachment, ... }
const announced = [];         // ids announced to us
const notified = new Set();
const accepted = new Set();
const own = new Map();        // id -> Note
const liked = new Map();      // object id -> id of the last Like
const refused = [];
const flagged = [];
let messagesOnly = false;     // Whether a draft-cavage signature is hidden from Fedify, which then asks for RFC 9421 itself.
let count = 0;

federation.setActorDispatcher("/users/{identifier}", async (ctx, identifier) => {
  if (identifier !== NAME) return null;
  const keys = await ctx.getActorKeyPairs(identifier);
  return new v.Person({
    id: ctx.getActorUri(identifier), preferredUsername: identifier, name: "Fred", url: new URL(`${base}/@${NAME}`),
    inbox: ctx.getInboxUri(identifier), outbox: ctx.getOutboxUri(identifier), followers: ctx.getFollowersUri(identifier), endpoints: new v.Endpoints({ sharedInbox: ctx.getInboxUri() }),
    publicKey: keys[0].cryptographicKey, assertionMethods: keys.map((k) => k.multikey),
  });
}).setKeyPairsDispatcher(async (_ctx, identifier) => identifier === NAME ? pairs : []);
federation.setOutboxDispatcher("/users/{identifier}/outbox", async () => ({ items: [] }));
federation.setFollowersDispatcher("/users/{identifier}/followers", async () => ({ items: [] }));
federation.setNodeInfoDispatcher("/nodeinfo/2.1", async () => ({
  software: { name: "fedify-peer", version: "2.3.6" }, protocols: ["activitypub"], usage: { users: {}, localPosts: 0, localComments: 0 },
}));
federation.setObjectDispatcher(v.Note, "/notes/{key}", async (_ctx, { key }) => own.get(`${base}/notes/${key}`) ?? null);

const loaderOf = async (ctx) => ({ documentLoader: await ctx.getDocumentLoader({ identifier: NAME }), contextLoader: ctx.contextLoader });
async function namesOf(question) {
  const names = [];
  for await (const one of question.getExclusiveOptions()) names.push(String(one.name ?? ""));
  return names;
}
async function keep(object) {
  if (!object?.id) return;
  const attachments = [];
  try { for await (const one of object.getAttachments()) attachments.push({ type: one.constructor.name, description: String(one.name ?? ""), url: String(one.url ?? "") }); } catch (e) { console.log("attachment", e.message); }
  seen.set(object.id.href, {
    uri: object.id.href, type: object.constructor.name, title: String(object.name ?? ""), content: String(object.content ?? ""), summary: String(object.summary ?? ""),
    language: object.content?.locale?.toString?.() ?? object.content?.language?.compact?.() ?? "", contents: (object.contents ?? []).map((c) => [c?.locale?.toString?.() ?? "", String(c)]),
    poll: object instanceof v.Question ? { names: await namesOf(object) } : null, sensitive: object.sensitive, attachments, author: object.attributionId?.href, inReplyTo: object.replyTargetId?.href ?? null,
  });
}
federation.setInboxListeners("/users/{identifier}/inbox", "/inbox").setSharedKeyDispatcher(() => ({ identifier: NAME }))
  .on(v.Accept, async (_ctx, a) => { accepted.add(a.actorId.href); })
  .on(v.Reject, async (ctx, a) => { refused.push({ by: a.actorId?.href, summary: String(a.summary ?? "") }); })
  .on(v.Announce, async (ctx, a) => {
    const object = await a.getObject(await loaderOf(ctx));
    announced.push({ by: a.actorId?.href, object: object?.id?.href ?? a.objectId?.href, type: object?.constructor?.name });
    if (object instanceof v.Create || object instanceof v.Update) await keep(await object.getObject(await loaderOf(ctx)));
    else if (object instanceof v.Delete) seen.delete(object.objectId?.href ?? (await object.getObject(await loaderOf(ctx)))?.id?.href);
    else await keep(object);
  })
  .on(v.Create, async (ctx, a) => { const o = await a.getObject(await loaderOf(ctx)); await keep(o); if (o?.id) notified.add(o.id.href); })
  .on(v.Update, async (ctx, a) => { const o = await a.getObject(await loaderOf(ctx)); if (o && !("inboxId" in o)) await keep(o); })
  .on(v.Delete, async (ctx, a) => { const o = a.objectId ?? (await a.getObject(await loaderOf(ctx)))?.id; if (o) seen.delete(o.href); })
  .on(v.Flag, async (_ctx, a) => { flagged.push(String(a.content ?? "")); })
  .on(v.Activity, async () => {})
  .onError((_ctx, error) => console.log("inbox error", error?.message));
federation.startQueue?.(undefined).catch?.(() => {});

const commands = {
  async find(ctx, { handle }) {
    const object = await ctx.lookupObject(handle.includes("://") ? handle : `@${handle}`, await loaderOf(ctx)).catch((e) => { console.log("find", e.message); return null; });
    if (!object?.id) return null;
    if (!handle.includes("://") && !("inboxId" in object)) return null;
    if (!("inboxId" in object)) await keep(object);
    return { id: object.id.href, uri: object.id.href, type: object.constructor.name, name: String(object.name ?? "") };
  },
  async follow(ctx, { id, undo }) {
    const target = await ctx.lookupObject(id, await loaderOf(ctx));
    const follow = new v.Follow({ id: new URL(`${base}/follows/${++count}`), actor: ctx.getActorUri(NAME), object: target.id, to: target.id });
    await ctx.sendActivity({ identifier: NAME }, target, undo ? new v.Undo({ id: new URL(`${base}/undo/${++count}`), actor: ctx.getActorUri(NAME), object: follow, to: target.id }) : follow, { immediate: true });
    if (undo) accepted.delete(id);
    return {};
  },
  async follows(_ctx, { id }) { return accepted.has(id); },
  async shown(_ctx, { uri }) { return seen.get(uri) ?? null; },
  async notified(_ctx, { uri }) { return notified.has(uri); },
  async write(ctx, { text, to, forum, title, summary, language, picture, as }) {
    const group = await ctx.lookupObject(forum, await loaderOf(ctx));
    const id = as ? new URL(as) : new URL(`${base}/notes/${Date.now()}-${++count}`);
    const content = language ? new LanguageString(`<p>${text}</p>`, language) : `<p>${text}</p>`;
    const note = new v.Note({
      id, attribution: ctx.getActorUri(NAME), content, ...(summary ? { summary, sensitive: true } : {}),
      ...(to ? { replyTarget: new URL(to) } : {}), ...(picture ? { attachments: [new v.Image({ url: new URL(picture.url), mediaType: picture.type, name: picture.words })] } : {}),
      to: v.PUBLIC_COLLECTION, ccs: [group.id], tags: [new v.Mention({ href: group.id, name: `@${group.preferredUsername}@${group.id.host}` })],
    });
    own.set(id.href, note);
    const kind = as ? v.Update : v.Create;
    await ctx.sendActivity({ identifier: NAME }, group, new kind({ id: new URL(`${id.href}#${kind.name}-${++count}`), actor: ctx.getActorUri(NAME), object: note, to: v.PUBLIC_COLLECTION, cc: group.id }), { immediate: true });
    return { id: id.href, uri: id.href };
  },
  async remove(ctx, { id, forum }) {
    const group = await ctx.lookupObject(forum, await loaderOf(ctx));
    own.delete(id);
    await ctx.sendActivity({ identifier: NAME }, group, new v.Delete({ id: new URL(`${id}#delete`), actor: ctx.getActorUri(NAME), object: new v.Tombstone({ id: new URL(id) }), to: v.PUBLIC_COLLECTION }), { immediate: true });
    return {};
  },
  async like(ctx, { id, forum, undo }) {
    const group = await ctx.lookupObject(forum, await loaderOf(ctx));
    if (!undo) liked.set(id, `${base}/likes/${++count}`);
    const key = liked.get(id);
    const like = new v.Like({ id: new URL(key), actor: ctx.getActorUri(NAME), object: new URL(id), to: group.id });
    await ctx.sendActivity({ identifier: NAME }, group, undo ? new v.Undo({ id: new URL(`${key}/undo-${++count}`), actor: ctx.getActorUri(NAME), object: like, to: group.id }) : like, { immediate: true });
    return {};
  },
  async report(ctx, { id, forum, words }) {
    const group = await ctx.lookupObject(forum, await loaderOf(ctx));
    await ctx.sendActivity({ identifier: NAME }, group, new v.Flag({ id: new URL(`${base}/flags/${++count}`), actor: ctx.getActorUri(NAME), object: new URL(id), content: words, to: group.id }), { immediate: true });
    return {};
  },
  async vote(ctx, { id, author, name }) {
    const asker = await ctx.lookupObject(author, await loaderOf(ctx));
    const key = `${base}/votes/${++count}`;
    const note = new v.Note({ id: new URL(key), attribution: ctx.getActorUri(NAME), name, replyTarget: new URL(id), to: asker.id });
    await ctx.sendActivity({ identifier: NAME }, asker, new v.Create({ id: new URL(`${key}#create`), actor: ctx.getActorUri(NAME), object: note, to: asker.id }), { immediate: true });
    return {};
  },
  async flagged() { return flagged; },
  async only_messages() { messagesOnly = true; return {}; },
  async reads(_ctx, { words }) { return [...seen.values()].some((one) => one.content.includes(words)) || refused.some((one) => one.summary.includes(words)); },
  async refusals() { return refused; },
  async state() { return { announced, seen: [...seen.keys()], accepted: [...accepted] }; },
};

http.createServer(async (req, res) => {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  try {
    const path = req.url.split("?")[0];
    if (path.startsWith("/do/")) {
      const ctx = federation.createContext(new URL(base), undefined);
      const found = await commands[path.slice(4)](ctx, body.length ? JSON.parse(body) : {});
      res.writeHead(200, { "content-type": "application/json" });
      return res.end(JSON.stringify(found ?? null));
    }
    const headers = new Headers();
    for (const [name, value] of Object.entries(req.headers)) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
    headers.set("host", host);
    if (messagesOnly && req.method === "POST" && !headers.has("signature-input")) headers.delete("signature");
    const request = new Request(`${base}${req.url}`, { method: req.method, headers, ...(["GET", "HEAD"].includes(req.method) ? {} : { body }) });
    const response = await federation.fetch(request, { contextData: undefined, onNotFound: () => new Response("not found", { status: 404 }), onNotAcceptable: () => new Response("page", { status: 200, headers: { "content-type": "text/html" } }) });
    res.writeHead(response.status, Object.fromEntries(response.headers));
    res.end(Buffer.from(await response.arrayBuffer()));
  } catch (error) {
    console.log("fault", error);
    res.writeHead(500); res.end(String(error?.stack ?? error));
  }
}).listen(Number(port), "127.0.0.1", () => console.log("listening"));
