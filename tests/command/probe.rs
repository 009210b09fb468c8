//! The look at the target before the ramp: one connection that asks nothing, and one warning when it fails.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use super::Folder;
use super::program::{Ended, run};

/// A server that hands each connection, numbered from 0, to `talk`, and what that says of it.
fn serve<T: Send + 'static>(
    talk: impl Fn(TcpStream, usize) -> T + Send + Sync + 'static,
) -> (SocketAddr, Receiver<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for number in 0.. {
            let Ok((stream, _)) = listener.accept() else {
                return;
            };
            if tell.send(talk(stream, number)).is_err() {
                return;
            }
        }
    });
    (address, told)
}

/// One user that asks once.
fn ask_once(url: &str, words: &[&str]) -> Ended {
    let scripts = Folder::of(
        "ask",
        "return { requests = 1, think = 0, step = function() http.get '/' end }",
    );
    let few = ["--users", "1", "--ramp", "0"];
    run(url, &scripts.path(), &[&few, words].concat())
        .with_summary()
        .end()
}

fn warnings(ended: &Ended) -> usize {
    ended.stderr.matches("the target cannot be reached").count()
}

#[test]
fn a_target_is_looked_at_once_and_asked_nothing() {
    let (address, heads) = serve(|mut stream, number| {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            if stream.read(&mut byte).unwrap_or(0) == 0 {
                break;
            }
            head.push(byte[0]);
        }
        if number > 0 {
            stream
                .write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
                .unwrap();
        }
        String::from_utf8(head).unwrap()
    });
    let ended = ask_once(&format!("http://{address}"), &[]).with_code(0);
    assert_eq!(heads.recv().unwrap(), "", "the probe sends nothing");
    assert!(heads.recv().unwrap().starts_with("GET / HTTP/1.1\r\n"));
    assert!(
        heads.try_recv().is_err(),
        "one connection more than the run needs"
    );
    assert_eq!(
        ended.summary()["requests"]["total"],
        1,
        "the probe is no request"
    );
    assert_eq!(warnings(&ended), 0);
}

#[test]
fn a_target_that_cannot_be_reached_is_said_once_before_the_ramp() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let ended = ask_once(&format!("http://{nobody}"), &["--duration", "1"]);
    ended.said(&format!(
        "WARN the target cannot be reached: {nobody}: cannot connect to 127.0.0.1: connection \
         refused"
    ));
    assert_eq!(warnings(&ended), 1);
    let text = &ended.stderr;
    // Whether a second suffices to say that it does not respond depends on the machine; the end says it always.
    let failed = text
        .find("does not respond (")
        .or(text.find("never answered"));
    assert!(text.find("cannot be reached") < failed, "{text}");
}

#[test]
fn https_to_a_plain_port_is_said_with_what_to_write() {
    let (address, _heads) = serve(|mut stream, _| {
        let mut hello = [0; 4096];
        let _ = stream.read(&mut hello);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    });
    let ended = ask_once(&format!("https://{address}"), &["--duration", "1"]);
    ended.said(&format!(
        "WARN the target cannot be reached: {address}: the server speaks plain HTTP on this port, \
         not TLS: use http://"
    ));
    assert_eq!(warnings(&ended), 1);
}

#[test]
fn a_target_that_is_silent_holds_no_start_up() {
    let (address, _streams) = serve(|stream, _| stream);
    let ended = ask_once(
        &format!("https://{address}"),
        &["--duration", "1", "--connect-timeout", "300ms"],
    );
    ended.said(&format!(
        "WARN the target cannot be reached: {address}: no connection within 300ms: in the TLS \
         handshake"
    ));
}

#[test]
fn a_dry_run_connects_to_nobody() {
    let (address, streams) = serve(|_, _| ());
    ask_once(&format!("http://{address}"), &["--dry-run"]).with_code(0);
    assert!(streams.try_recv().is_err());
}
