// The Go libraries for SPOE agents that happi is measured against: one message in, one variable out.
//
//	peers negasus|criteo unix:/path|PORT
//
// A module of its own, so that no peer ever becomes a dependency. DropMorePackets' haproxy-go is not here: the checksum
// database does not list it (404), and an unverified module is not built.
package main

import (
	"io"
	"log"
	"net"
	"os"
	"strings"

	criteo "github.com/criteo/haproxy-spoe-go"
	"github.com/negasus/haproxy-spoe-go/action"
	"github.com/negasus/haproxy-spoe-go/agent"
	"github.com/negasus/haproxy-spoe-go/logger"
	"github.com/negasus/haproxy-spoe-go/request"
	"github.com/sirupsen/logrus"
)

const message = "get-ip-reputation"

func score(ip net.IP) int {
	if four := ip.To4(); four != nil {
		return int(four[3]) % 100
	}
	return 100
}

func serveNegasus(listener net.Listener) error {
	return agent.New(func(req *request.Request) {
		found, err := req.Messages.GetByName(message)
		if err != nil {
			return
		}
		value, _ := found.KV.Get("ip")
		ip, _ := value.(net.IP)
		req.Actions.SetVar(action.ScopeSession, "ip_score", score(ip))
	}, logger.NewNop()).Serve(listener)
}

func serveCriteo(listener net.Listener) error {
	logrus.SetOutput(io.Discard)
	return criteo.New(func(messages *criteo.MessageIterator) ([]criteo.Action, error) {
		actions := []criteo.Action{}
		for messages.Next() {
			if messages.Message.Name != message {
				continue
			}
			var ip net.IP
			for messages.Message.Args.Next() {
				if arg := messages.Message.Args.Arg; arg.Name == "ip" {
					ip, _ = arg.Value.(net.IP)
				}
			}
			actions = append(actions, criteo.ActionSetVar{
				Name: "ip_score", Scope: criteo.VarScopeSession, Value: score(ip),
			})
		}
		return actions, nil
	}).Serve(listener)
}

func main() {
	serve := map[string]func(net.Listener) error{"negasus": serveNegasus, "criteo": serveCriteo}[os.Args[1]]
	network, address := "tcp", "127.0.0.1:"+os.Args[2]
	if path, isUnix := strings.CutPrefix(os.Args[2], "unix:"); isUnix {
		network, address = "unix", path
	}
	listener, err := net.Listen(network, address)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(serve(listener))
}
