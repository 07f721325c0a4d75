package proxy

import (
	"bufio"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"strconv"
)

// transfer copies until either side ends, and then ends both: a tunnel that is half open helps nobody.
func transfer(from, to net.Conn) {
	_, _ = io.Copy(to, from) // that it ended is all there is to know
	_ = from.Close()
	_ = to.Close()
}

func (p *Proxy) allowed(user, password string) bool {
	same := subtle.ConstantTimeCompare([]byte(user+"\x00"+password), []byte(p.options.User+"\x00"+p.options.Password))
	return p.options.User == "" || same == 1
}

// http answers one CONNECT.
func (p *Proxy) http(conn net.Conn) {
	reader := bufio.NewReader(conn)
	request, err := http.ReadRequest(reader)
	if err != nil {
		return
	}
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte(p.options.User+":"+p.options.Password))
	status := "200 Connection established"
	var server net.Conn
	switch led := false; {
	case p.options.User != "" && request.Header.Get("Proxy-Authorization") != want:
		status = "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\""
	case request.Method != http.MethodConnect:
		status = "405 Method Not Allowed"
	default:
		if server, led = p.lead(request.Host); !led {
			status = "403 Forbidden"
		}
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 "+status+"\r\n\r\n"); err != nil || server == nil {
		if server != nil {
			_ = server.Close()
		}
		return
	}
	p.carry(conn, server)
}

// Numbers of SOCKS 5 (RFC 1928, 1929).
const (
	version      = 5
	noAuth       = 0
	userPassword = 2
	noneOfThese  = 255
	notAllowed   = 2
	byIPv4       = 1
	byName       = 3
	byIPv6       = 4
)

// socks answers one request of SOCKS 5.
func (p *Proxy) socks(conn net.Conn) {
	if !p.greet(conn) {
		return
	}
	target, ok := readTarget(conn)
	if !ok {
		return
	}
	server, led := p.lead(target)
	answer := []byte{version, 0, 0, byIPv4, 0, 0, 0, 0, 0, 0}
	if !led {
		answer[1] = notAllowed
	}
	if _, err := conn.Write(answer); err != nil || !led {
		if server != nil {
			_ = server.Close()
		}
		return
	}
	p.carry(conn, server)
}

// greet agrees on how the client says who it is, and hears it.
func (p *Proxy) greet(conn net.Conn) bool {
	offered, ok := readSized(conn, []byte{version})
	if !ok {
		return false
	}
	method := byte(noAuth)
	if p.options.User != "" {
		method = userPassword
	}
	found := false
	for _, m := range offered {
		found = found || m == method
	}
	if !found {
		_, _ = conn.Write([]byte{version, noneOfThese}) // it hangs up next
		return false
	}
	if _, err := conn.Write([]byte{version, method}); err != nil {
		return false
	}
	return method == noAuth || p.hearUser(conn)
}

func (p *Proxy) hearUser(conn net.Conn) bool {
	user, ok := readSized(conn, []byte{1})
	if !ok {
		return false
	}
	password, ok := readSized(conn, nil)
	if !ok {
		return false
	}
	good := p.allowed(string(user), string(password))
	answer := []byte{1, 1}
	if good {
		answer[1] = 0
	}
	_, err := conn.Write(answer)
	return err == nil && good
}

// readSized reads what begins with these bytes, then a length of one byte and so much.
func readSized(conn net.Conn, begin []byte) ([]byte, bool) {
	head := make([]byte, len(begin)+1)
	if _, err := io.ReadFull(conn, head); err != nil || string(head[:len(begin)]) != string(begin) {
		return nil, false
	}
	body := make([]byte, head[len(begin)])
	_, err := io.ReadFull(conn, body)
	return body, err == nil
}

// readTarget reads where a client of SOCKS 5 wants to go.
func readTarget(conn net.Conn) (string, bool) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(conn, head); err != nil || head[0] != version || head[1] != 1 {
		return "", false
	}
	var host []byte
	var ok bool
	switch head[3] {
	case byName:
		host, ok = readSized(conn, nil)
	case byIPv4, byIPv6:
		host = make([]byte, map[byte]int{byIPv4: net.IPv4len, byIPv6: net.IPv6len}[head[3]])
		_, err := io.ReadFull(conn, host)
		ok = err == nil
		host = []byte(net.IP(host).String())
	default:
		return "", false
	}
	port := make([]byte, 2)
	if _, err := io.ReadFull(conn, port); err != nil || !ok {
		return "", false
	}
	return net.JoinHostPort(string(host), strconv.Itoa(int(binary.BigEndian.Uint16(port)))), true
}
