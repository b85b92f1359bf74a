'use strict';
/*
 * The bench's pages in Node: the server of Node itself, a process for each
 * processor, and the client for MySQL that Debian has (node-mysql). That one
 * puts the values into the text of a question by itself, so that it costs one
 * round trip; it cannot prepare.
 *
 *     node server.js SOCKET DATABASE-SOCKET PASSWORD-FILE PROCESSES CONNECTIONS
 *
 * CONNECTIONS are those of all processes together.
 */
const cluster = require('cluster');
const fs = require('fs');
const http = require('http');
const mysql = require('mysql');

const WORLD_ROWS = 10000;
const QUERIES_MOST = 500;

const SELECT_WORLD = 'SELECT id, random_number FROM world WHERE id = ?';
const UPDATE_WORLD = 'UPDATE world SET random_number = ? WHERE id = ?';
const SELECT_FORTUNES = 'SELECT id, message FROM fortune LIMIT 100';

const [socket, databaseSocket, passwordFile, processes, connections] =
    process.argv.slice(2);

let pool;

function ask(client, sql, values) {
    return new Promise((resolve, reject) => {
        client.query(sql, values, (error, rows) => {
            if (error) {
                reject(error);
            } else {
                resolve(rows);
            }
        });
    });
}

function takeConnection() {
    return new Promise((resolve, reject) => {
        pool.getConnection((error, connection) => {
            if (error) {
                reject(error);
            } else {
                resolve(connection);
            }
        });
    });
}

function pick() {
    return 1 + Math.floor(Math.random() * WORLD_ROWS);
}

function wantedRows(query) {
    const count = parseInt(new URLSearchParams(query).get('queries'), 10);
    return Math.min(Math.max(count || 1, 1), QUERIES_MOST);
}

async function readWorld(client) {
    const rows = await ask(client, SELECT_WORLD, [pick()]);
    return {id: rows[0].id, randomNumber: rows[0].random_number};
}

/* The pool asks as many questions at once as it has connections. */
function readWorlds(count) {
    return Promise.all(Array.from({length: count}, () => readWorld(pool)));
}

/* Changed in the order of their keys, so that no two requests deadlock. */
async function changeWorlds(worlds) {
    const connection = await takeConnection();
    try {
        await ask(connection, 'START TRANSACTION');
        for (const world of worlds) {
            await ask(connection, UPDATE_WORLD,
                [world.randomNumber, world.id]);
        }
        await ask(connection, 'COMMIT');
        connection.release();
    } catch (error) {
        connection.destroy();
        throw error;
    }
}

const ESCAPES = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;',
    '\'': '&#39;'};

function escapeHtml(text) {
    return text.replace(/[&<>"']/g, (character) => ESCAPES[character]);
}

function fortunesHtml(fortunes) {
    let rows = '';
    for (const fortune of fortunes) {
        rows += `<tr><td>${fortune.id}</td>` +
            `<td>${escapeHtml(fortune.message)}</td></tr>\n`;
    }
    return '<!DOCTYPE html>\n<html>\n' +
        '<head><title>Fortunes</title></head>\n<body>\n<table>\n' +
        '<tr><th>id</th><th>message</th></tr>\n' + rows +
        '</table>\n</body>\n</html>\n';
}

function byMessage(a, b) {
    return a.message < b.message ? -1 : a.message > b.message ? 1 : 0;
}

function send(reply, type, body) {
    reply.writeHead(200,
        {'Content-Type': type, 'Content-Length': Buffer.byteLength(body)});
    reply.end(body);
}

function sendJson(reply, value) {
    send(reply, 'application/json', JSON.stringify(value));
}

const pages = {
    '/plaintext': (reply) => {
        send(reply, 'text/plain', 'Hello, World!');
    },
    '/json': (reply) => {
        sendJson(reply, {message: 'Hello, World!'});
    },
    '/db': async (reply) => {
        sendJson(reply, await readWorld(pool));
    },
    '/queries': async (reply, query) => {
        sendJson(reply, await readWorlds(wantedRows(query)));
    },
    '/fortunes': async (reply) => {
        const fortunes = await ask(pool, SELECT_FORTUNES);
        fortunes.push({id: 0, message: 'Added while the page is made.'});
        fortunes.sort(byMessage);
        send(reply, 'text/html; charset=utf-8', fortunesHtml(fortunes));
    },
    '/updates': async (reply, query) => {
        const worlds = await readWorlds(wantedRows(query));
        worlds.sort((a, b) => a.id - b.id);
        for (const world of worlds) {
            world.randomNumber = pick();
        }
        await changeWorlds(worlds);
        sendJson(reply, worlds);
    },
};

async function answer(request, reply) {
    const [path, query] = request.url.split('?', 2);
    const page = pages[path];
    try {
        if (page === undefined) {
            reply.writeHead(404);
            reply.end();
        } else {
            await page(reply, query);
        }
    } catch (error) {
        console.error(error);
        reply.writeHead(500);
        reply.end();
    }
}

function serve() {
    pool = mysql.createPool({
        socketPath: databaseSocket,
        user: 'bench',
        password: fs.readFileSync(passwordFile, 'utf8').trim(),
        database: 'bench',
        charset: 'utf8mb4',
        connectionLimit: Math.max(1, Math.ceil(connections / processes)),
    });
    const server = http.createServer(answer);
    server.keepAliveTimeout = 0;
    server.listen(socket);
}

if (cluster.isPrimary) {
    for (let i = 0; i < processes; i++) {
        cluster.fork();
    }
    cluster.on('exit', () => process.exit(1));
} else {
    serve();
}
