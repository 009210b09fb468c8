//! Connections that a shard may have: taken in turn, given up by who is idle, never more than allowed.

use std::rc::Rc;
use std::time::Duration;

use throng::http::retry_after;
use throng::http::{Client, Headers, HttpVersion, Progress, Settings, Transport};

use super::get;
use crate::support::{on_one_thread, serve_bytes};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn limited(settings: &Settings, limit: usize) -> Rc<Transport> {
    let transport = Transport::new(settings.load().unwrap());
    transport.connection_limit().set_limit(limit);
    transport
}

#[test]
fn an_idle_connection_of_another_user_gives_way_the_longest_idle_first() {
    on_one_thread(async {
        let address = serve_bytes(OK).await;
        let transport = limited(&Settings::default(), 2);
        let [first, second, third] = [(); 3].map(|()| Client::new(Rc::clone(&transport)));
        for client in [&first, &second, &third] {
            client.send(&get(address)).await.unwrap();
            assert!(transport.open_connections() <= 2);
        }
        assert!(second.send(&get(address)).await.unwrap().reused);
        assert!(
            !first.send(&get(address)).await.unwrap().reused,
            "it gave way"
        );
        assert!(second.send(&get(address)).await.unwrap().reused);
        assert!(!third.send(&get(address)).await.unwrap().reused);
        assert_eq!(transport.open_connections(), 2);
    });
}

#[test]
fn a_wait_is_blocked_time_and_of_no_timeout() {
    on_one_thread(async {
        let address = serve_bytes(OK).await;
        let transport = limited(&Settings::default(), 0);
        let client = Client::new(Rc::clone(&transport));
        let mut request = get(address);
        request.timeout = Some(Duration::from_millis(50));
        let progress = Progress::new();
        let more = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            assert!(transport.connection_limit().is_starved());
            assert_eq!(transport.connection_limit().usage(), (0, 0, 1));
            transport.connection_limit().set_limit(1);
        };
        let (answer, ()) = tokio::join!(client.send_observed(&request, &progress), more);
        let timings = answer.unwrap().timings;
        assert!(timings.blocked >= Duration::from_millis(190), "{timings:?}");
        assert!(timings.service() < Duration::from_millis(50), "{timings:?}");
        assert!(progress.held() >= Duration::from_millis(190));
        let (waited, time) = transport.connection_limit().take_waited();
        assert_eq!(waited, 1);
        assert!(time >= Duration::from_millis(190));
    });
}

#[test]
fn who_leaves_the_queue_keeps_nobody_waiting() {
    on_one_thread(async {
        let address = serve_bytes(OK).await;
        let transport = limited(&Settings::default(), 0);
        let [gone, here] = [(); 2].map(|()| Client::new(Rc::clone(&transport)));
        let request = get(address);
        let left = tokio::time::timeout(Duration::from_millis(20), gone.send(&request)).await;
        assert!(left.is_err());
        transport.connection_limit().set_limit(1);
        let answer = tokio::time::timeout(Duration::from_secs(5), here.send(&request)).await;
        assert_eq!(answer.unwrap().unwrap().status, 200);
    });
}

#[test]
fn fewer_seats_close_what_is_idle_at_once_and_say_so() {
    on_one_thread(async {
        let address = serve_bytes(OK).await;
        let transport = limited(&Settings::default(), 5);
        let told = Rc::new(std::cell::RefCell::new(Vec::new()));
        let log = Rc::clone(&told);
        transport
            .connection_limit()
            .watch(move |open| log.borrow_mut().push(open));
        let clients = [(); 5].map(|()| Client::new(Rc::clone(&transport)));
        for client in &clients {
            client.send(&get(address)).await.unwrap();
        }
        assert_eq!(transport.open_connections(), 5);
        assert_eq!(transport.connection_limit().usage(), (5, 5, 0));
        transport.connection_limit().set_limit(2);
        assert_eq!(transport.open_connections(), 2);
        assert_eq!(*told.borrow(), [4, 3, 2]);
        assert!(clients[4].send(&get(address)).await.unwrap().reused);
    });
}

#[test]
fn a_connection_of_http2_counts_as_one_and_gives_way_when_it_is_idle() {
    on_one_thread(async {
        let address = super::multiplexed::echoing().await;
        let knowing = Settings {
            http_version: HttpVersion::Http2PriorKnowledge,
            ..Settings::default()
        };
        let transport = limited(&knowing, 1);
        let [first, second] = [(); 2].map(|()| Client::new(Rc::clone(&transport)));
        let request = get(address);
        // Several at once over one, then the other user's turn, and back.
        let (one, two) = tokio::join!(first.send(&request), first.send(&request));
        assert_eq!((one.unwrap().status, two.unwrap().status), (201, 201));
        assert_eq!(transport.open_connections(), 1);
        for client in [&second, &first, &second] {
            let answer = tokio::time::timeout(Duration::from_secs(5), client.send(&request)).await;
            assert!(!answer.unwrap().unwrap().reused);
            assert_eq!(transport.open_connections(), 1);
        }
        assert!(second.send(&request).await.unwrap().reused);
    });
}

#[test]
fn the_target_says_how_long_it_wants_to_be_left_alone() {
    // 2015-10-21 07:28:00 UTC.
    let now = std::time::UNIX_EPOCH + Duration::from_secs(1_445_412_480);
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    for (value, expected) in [
        ("120", seconds(120)),
        ("0", seconds(0)),
        (
            "99999999999999999999999",
            Some(Duration::from_secs(u64::MAX)),
        ),
        ("Wed, 21 Oct 2015 07:28:30 GMT", seconds(30)),
        ("Wed, 21 Oct 2015 07:28:00 GMT", seconds(0)),
        ("Tue, 20 Oct 2015 07:28:00 GMT", seconds(0)),
        ("Wednesday, 21-Oct-15 07:28:30 GMT", seconds(30)),
        ("Wed Oct 21 07:28:30 2015", seconds(30)),
        ("Thu Oct  1 07:28:30 2015", seconds(0)),
        ("Sunday, 06-Nov-94 08:49:37 GMT", seconds(0)),
        ("1.5", Some(Duration::from_millis(1_500))),
        ("0.25", Some(Duration::from_millis(250))),
        ("2.", seconds(2)),
        (" 3 ", seconds(3)),
        ("soon", None),
        ("-5", None),
        ("1.5.5", None),
        ("1e3", None),
        ("5 s", None),
        ("Wed, 32 Oct 2015 07:28:30 GMT", None),
        ("", None),
    ] {
        let mut headers = Headers::new();
        headers.push("Retry-After", value).unwrap();
        assert_eq!(retry_after(&headers, now), expected, "{value}");
    }
    assert_eq!(retry_after(&Headers::new(), now), None);
}
