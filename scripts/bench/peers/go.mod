module happi/scripts/bench/peers

go 1.23

require (
	github.com/criteo/haproxy-spoe-go v1.0.8
	github.com/negasus/haproxy-spoe-go v1.0.7
	github.com/sirupsen/logrus v1.7.0
)

require (
	github.com/libp2p/go-buffer-pool v0.0.2 // indirect
	github.com/pkg/errors v0.9.1 // indirect
	golang.org/x/net v0.0.0-20201224014010-6772e930b67b // indirect
	golang.org/x/sys v0.0.0-20210113181707-4bcb84eeeb78 // indirect
)
