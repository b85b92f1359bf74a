/*
 * The bench's pages in Go: net/http on a Unix socket, database/sql with
 * Debian's driver, statements prepared once, html/template.
 *
 *     bench-go SOCKET DATABASE-SOCKET PASSWORD-FILE CONNECTIONS
 */
package main

import (
	"database/sql"
	"encoding/json"
	"html/template"
	"log"
	"math/rand"
	"net"
	"net/http"
	"os"
	"sort"
	"strconv"
	"strings"

	"github.com/go-sql-driver/mysql"
)

const (
	worldRows   = 10000
	queriesMost = 500
)

type message struct {
	Message string `json:"message"`
}

type world struct {
	ID     int `json:"id"`
	Number int `json:"randomNumber"`
}

type fortune struct {
	ID      int
	Message string
}

var (
	database       *sql.DB
	selectWorld    *sql.Stmt
	updateWorld    *sql.Stmt
	selectFortunes *sql.Stmt
)

var page = template.Must(template.New("fortunes").Parse(`<!DOCTYPE html>
<html>
<head><title>Fortunes</title></head>
<body>
<table>
<tr><th>id</th><th>message</th></tr>
{{range .}}<tr><td>{{.ID}}</td><td>{{.Message}}</td></tr>
{{end}}</table>
</body>
</html>
`))

func prepare(text string) *sql.Stmt {
	statement, err := database.Prepare(text)
	if err != nil {
		log.Fatal(err)
	}
	return statement
}

/*
 * All connections stay open: one that is closed when nobody needs it at the
 * moment would be opened, and its statements prepared, once more.
 */
func connect(socket, passwordFile, connections string) {
	password, err := os.ReadFile(passwordFile)
	if err != nil {
		log.Fatal(err)
	}
	count, err := strconv.Atoi(connections)
	if err != nil {
		log.Fatal(err)
	}
	config := mysql.NewConfig()
	config.User = "bench"
	config.Passwd = strings.TrimSpace(string(password))
	config.Net = "unix"
	config.Addr = socket
	config.DBName = "bench"
	config.Collation = "utf8mb4_general_ci"
	database, err = sql.Open("mysql", config.FormatDSN())
	if err != nil {
		log.Fatal(err)
	}
	database.SetMaxOpenConns(count)
	database.SetMaxIdleConns(count)
	selectWorld = prepare("SELECT id, random_number FROM world WHERE id = ?")
	updateWorld = prepare("UPDATE world SET random_number = ? WHERE id = ?")
	selectFortunes = prepare("SELECT id, message FROM fortune LIMIT 100")
}

func pick() int {
	return 1 + rand.Intn(worldRows)
}

func wantedRows(request *http.Request) int {
	count, _ := strconv.Atoi(request.URL.Query().Get("queries"))
	if count < 1 {
		return 1
	}
	if count > queriesMost {
		return queriesMost
	}
	return count
}

func readWorlds(count int) ([]world, error) {
	worlds := make([]world, count)
	for i := range worlds {
		row := selectWorld.QueryRow(pick())
		if err := row.Scan(&worlds[i].ID, &worlds[i].Number); err != nil {
			return nil, err
		}
	}
	return worlds, nil
}

func changeWorlds(worlds []world) error {
	transaction, err := database.Begin()
	if err != nil {
		return err
	}
	defer transaction.Rollback()
	update := transaction.Stmt(updateWorld)
	for _, row := range worlds {
		if _, err := update.Exec(row.Number, row.ID); err != nil {
			return err
		}
	}
	return transaction.Commit()
}

func readFortunes() ([]fortune, error) {
	rows, err := selectFortunes.Query()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	fortunes := make([]fortune, 0, 16)
	for rows.Next() {
		var row fortune
		if err := rows.Scan(&row.ID, &row.Message); err != nil {
			return nil, err
		}
		fortunes = append(fortunes, row)
	}
	return fortunes, rows.Err()
}

func writeJSON(reply http.ResponseWriter, value interface{}, err error) {
	if err != nil {
		log.Print(err)
		http.Error(reply, "failed", http.StatusInternalServerError)
		return
	}
	reply.Header().Set("Content-Type", "application/json")
	json.NewEncoder(reply).Encode(value)
}

func plaintextPage(reply http.ResponseWriter, request *http.Request) {
	reply.Header().Set("Content-Type", "text/plain")
	reply.Write([]byte("Hello, World!"))
}

func jsonPage(reply http.ResponseWriter, request *http.Request) {
	writeJSON(reply, &message{"Hello, World!"}, nil)
}

func dbPage(reply http.ResponseWriter, request *http.Request) {
	worlds, err := readWorlds(1)
	if err != nil {
		writeJSON(reply, nil, err)
		return
	}
	writeJSON(reply, &worlds[0], nil)
}

func queriesPage(reply http.ResponseWriter, request *http.Request) {
	worlds, err := readWorlds(wantedRows(request))
	writeJSON(reply, worlds, err)
}

/* Changed in the order of their keys, so that no two requests deadlock. */
func updatesPage(reply http.ResponseWriter, request *http.Request) {
	worlds, err := readWorlds(wantedRows(request))
	if err == nil {
		sort.Slice(worlds, func(a, b int) bool {
			return worlds[a].ID < worlds[b].ID
		})
		for i := range worlds {
			worlds[i].Number = pick()
		}
		err = changeWorlds(worlds)
	}
	writeJSON(reply, worlds, err)
}

func fortunesPage(reply http.ResponseWriter, request *http.Request) {
	fortunes, err := readFortunes()
	if err != nil {
		writeJSON(reply, nil, err)
		return
	}
	fortunes = append(fortunes, fortune{0, "Added while the page is made."})
	sort.Slice(fortunes, func(a, b int) bool {
		return fortunes[a].Message < fortunes[b].Message
	})
	reply.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := page.Execute(reply, fortunes); err != nil {
		log.Print(err)
	}
}

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: bench-go SOCKET DATABASE-SOCKET PASSWORD-FILE " +
			"CONNECTIONS")
	}
	connect(os.Args[2], os.Args[3], os.Args[4])
	http.HandleFunc("/plaintext", plaintextPage)
	http.HandleFunc("/json", jsonPage)
	http.HandleFunc("/db", dbPage)
	http.HandleFunc("/queries", queriesPage)
	http.HandleFunc("/fortunes", fortunesPage)
	http.HandleFunc("/updates", updatesPage)
	listener, err := net.Listen("unix", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(listener, nil))
}
