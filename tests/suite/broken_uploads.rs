//! Uploading images: what can go wrong on the way.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Cursor, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use lagclient::models::ImagePurpose;
use lagclient::{Error, RetryPolicy};

use super::uploads::{LIMIT, noise, uploaded};
use crate::client::{Client, ClientBuilder, UploadImage, maybe_async, test};
use crate::support::{
    Part, Recorded, Reply, Server, TempFile, USER_TOKEN, builder, file_part, parts, read_request,
    serve, user, vacant,
};

/// A builder whose clients try again at once.
fn retrying(builder: ClientBuilder) -> Client {
    let policy = RetryPolicy::new()
        .base_delay(Duration::from_millis(1))
        .jitter(Duration::ZERO);
    builder.retry(policy).max_retries(2).build().unwrap()
}

/// A reader that fails after so many bytes, for both clients.
struct Failing {
    left: usize,
}

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::new(ErrorKind::InvalidData, "the disk is tired"));
        }
        let length = self.left.min(buffer.len());
        buffer[..length].fill(7);
        self.left -= length;
        Ok(length)
    }
}

impl tokio::io::AsyncRead for Failing {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let length = self.read(buffer.initialize_unfilled())?;
        buffer.advance(length);
        Poll::Ready(Ok(()))
    }
}

fn io_error<T: std::fmt::Debug>(result: lagclient::Result<T>) -> Arc<io::Error> {
    match result {
        Err(Error::Io(error)) => error.source,
        other => panic!("not an I/O error: {other:?}"),
    }
}

#[maybe_async]
#[test]
async fn a_retry_sends_the_whole_file_again() {
    let content = noise(700_000);
    let file = TempFile::new("cat.png", &content);
    let mut moved = Cursor::new([b"skipped".to_vec(), content.clone()].concat());
    moved.set_position(7);
    for image in [
        UploadImage::from_path(file.path(), ImagePurpose::Chat),
        UploadImage::from_bytes(content.clone(), ImagePurpose::Chat).file_name("cat.png"),
        UploadImage::from_seekable_reader(moved, ImagePurpose::Chat).file_name("cat.png"),
    ] {
        let attempts: Arc<Mutex<Vec<u32>>> = Arc::default();
        let report = Arc::clone(&attempts);
        let image = image.on_progress(move |progress| {
            if progress.sent == 0 {
                report.lock().unwrap().push(progress.attempt);
            }
        });
        let server = Server::start([
            Reply::status(503),
            Reply::Close(vec![]),
            Reply::json(201, &uploaded()),
        ]);
        let client = retrying(builder(USER_TOKEN, &server));
        client.images().upload(image).await.unwrap();
        let requests = server.requests();
        assert_eq!(requests.len(), 3);
        for request in &requests {
            let parts = parts(request);
            assert_eq!(parts[0], Part::field("purpose", "chat"));
            assert!(parts[1] == Part::file("cat.png", "image/png", &content));
        }
        assert_eq!(*attempts.lock().unwrap(), [1, 2, 3]);
    }
}

#[maybe_async]
#[test]
async fn a_reader_that_cannot_go_back_is_not_sent_again() {
    let server = Server::start([Reply::status(503), Reply::json(201, &uploaded())]);
    let client = retrying(builder(USER_TOKEN, &server));
    let image = UploadImage::from_reader(Cursor::new(noise(1000)), ImagePurpose::Chat);
    let error = client.images().upload(image).await.unwrap_err();
    assert!(matches!(&error, Error::Server(answer) if answer.status == 503));
    assert_eq!(error.attempts(), 1);
    assert_eq!(server.requests().len(), 1);
}

#[maybe_async]
#[test]
async fn a_reader_that_was_not_read_from_may_be_tried_again() {
    let base = Client::builder(USER_TOKEN).base_url(format!("http://{}", vacant()));
    let image = UploadImage::from_reader(Cursor::new(noise(1000)), ImagePurpose::Chat);
    let error = retrying(base).images().upload(image).await.unwrap_err();
    assert!(matches!(error, Error::Connection(_)));
    assert_eq!(error.attempts(), 3);
}

#[maybe_async]
#[test]
async fn a_file_that_is_gone_at_the_retry_leaves_the_first_error() {
    let file = TempFile::new("cat.png", &noise(1000));
    let path = file.path().to_owned();
    let image = UploadImage::from_path(file.path(), ImagePurpose::Chat).on_progress(move |p| {
        if p.sent == 1000 {
            std::fs::remove_file(&path).unwrap();
        }
    });
    let server = Server::start([Reply::status(503), Reply::json(201, &uploaded())]);
    let client = retrying(builder(USER_TOKEN, &server));
    let error = client.images().upload(image).await.unwrap_err();
    assert_eq!(error.status(), Some(503));
    assert_eq!(server.requests().len(), 1);
}

#[maybe_async]
#[test]
async fn what_is_too_large_is_refused_where_the_size_is_known() {
    let content = vec![0; LIMIT + 1];
    let file = TempFile::new("large.png", &content);
    let server = Server::start([]);
    let client = user(&server);
    for image in [
        UploadImage::from_path(file.path(), ImagePurpose::Chat),
        UploadImage::from_seekable_reader(Cursor::new(content.clone()), ImagePurpose::Chat),
        UploadImage::from_reader(&b"x"[..], ImagePurpose::Chat).size(LIMIT as u64 + 1),
        UploadImage::from_bytes(content.clone(), ImagePurpose::Chat),
    ] {
        let refused = client.images().upload(image).await;
        assert!(matches!(refused, Err(Error::InvalidArgument(error)) if error.argument == "image"));
    }
    assert!(server.requests().is_empty());
}

#[maybe_async]
#[test]
async fn what_turns_out_to_be_too_large_is_stopped() {
    for length in [LIMIT, LIMIT + 1] {
        let server = Server::json(201, &uploaded());
        let client = retrying(builder(USER_TOKEN, &server));
        let image = UploadImage::from_reader(Cursor::new(vec![0; length]), ImagePurpose::Chat);
        let result = client.images().upload(image).await;
        if length == LIMIT {
            result.unwrap();
            assert_eq!(file_part(&server.request()).content.len(), LIMIT);
        } else {
            assert_eq!(io_error(result).kind(), ErrorKind::FileTooLarge);
            assert!(server.requests().is_empty(), "no request came to its end");
        }
    }
}

#[maybe_async]
#[test]
async fn a_reader_that_fails_is_an_io_error() {
    for left in [0, 10, 1_000_000] {
        for size in [None, Some(2_000_000)] {
            let server = Server::json(201, &uploaded());
            let client = retrying(builder(USER_TOKEN, &server));
            let mut image = UploadImage::from_reader(Failing { left }, ImagePurpose::Chat);
            if let Some(size) = size {
                image = image.size(size);
            }
            let error = io_error(client.images().upload(image).await);
            assert_eq!(error.kind(), ErrorKind::InvalidData);
            assert_eq!(error.to_string(), "the disk is tired");
            assert!(server.requests().is_empty(), "no request came to its end");
        }
    }
}

#[maybe_async]
#[test]
async fn a_reader_of_another_size_than_given_is_an_io_error() {
    for (size, kind) in [
        (999, ErrorKind::FileTooLarge),
        (1001, ErrorKind::UnexpectedEof),
    ] {
        let server = Server::json(201, &uploaded());
        let image = UploadImage::from_reader(Cursor::new(noise(1000)), ImagePurpose::Chat);
        let result = user(&server).images().upload(image.size(size)).await;
        assert_eq!(io_error(result).kind(), kind);
        assert!(server.requests().is_empty(), "no request came to its end");
    }
}

#[maybe_async]
#[test]
async fn a_file_that_changes_its_size_is_an_io_error() {
    const LENGTH: u64 = 4_000_000;
    let shrink: fn(&File) = |file| file.set_len(LENGTH / 2).unwrap();
    let grow: fn(&File) = |file| file.set_len(LENGTH * 2).unwrap();
    for (change, kind) in [
        (shrink, ErrorKind::UnexpectedEof),
        (grow, ErrorKind::FileTooLarge),
    ] {
        let file = TempFile::new("cat.png", &vec![1; usize::try_from(LENGTH).unwrap()]);
        let handle = OpenOptions::new().write(true).open(file.path()).unwrap();
        let image =
            UploadImage::from_path(file.path(), ImagePurpose::Chat).on_progress(move |progress| {
                if progress.sent > 0 && progress.sent < LENGTH / 4 {
                    change(&handle);
                }
            });
        let server = Server::json(201, &uploaded());
        let client = retrying(builder(USER_TOKEN, &server));
        let result = client.images().upload(image).await;
        assert_eq!(io_error(result).kind(), kind);
        assert!(server.requests().is_empty(), "no request came to its end");
    }
}

#[maybe_async]
#[test]
async fn a_file_that_cannot_be_opened_is_an_io_error() {
    let server = Server::start([]);
    let client = user(&server);
    let missing = UploadImage::from_path("/nonexistent/cat.png", ImagePurpose::Chat);
    let error = io_error(client.images().upload(missing).await);
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let directory = UploadImage::from_path(std::env::temp_dir(), ImagePurpose::Chat);
    let error = io_error(client.images().upload(directory).await);
    assert_eq!(error.kind(), ErrorKind::IsADirectory);
    assert!(server.requests().is_empty());
}

fn impatient(address: SocketAddr, timeout: Duration) -> ClientBuilder {
    Client::builder(USER_TOKEN)
        .base_url(format!("http://{address}"))
        .timeout(timeout)
        .max_retries(0)
}

fn created() -> Vec<u8> {
    let body = uploaded().to_string();
    let head = "HTTP/1.1 201 Created\r\nContent-Type: application/json";
    format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

#[maybe_async]
#[test]
async fn a_slow_upload_that_gets_on_outlives_the_timeout() {
    let address = serve(|_, mut stream| {
        // Much slower than the file comes, but without a long pause. The rest,
        // which the system may hold already, is read at once, so that the
        // answer is not late.
        let mut buffer = vec![0; 1_500_000];
        for _ in 0..10 {
            stream.read_exact(&mut buffer)?;
            thread::sleep(Duration::from_millis(300));
        }
        let rest = (LIMIT - 10 * buffer.len()) as u64;
        io::copy(&mut (&mut stream).take(rest), &mut io::sink())?;
        // To the end of the form: an answer before it would be an early one.
        let mut end = Vec::new();
        while !end.ends_with(b"--\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            end.extend(byte);
        }
        stream.write_all(&created())?;
        // Closing before the end of the form is read would reset the connection.
        io::copy(&mut stream, &mut io::sink()).map(drop)
    });
    let timeout = Duration::from_secs(2);
    let client = impatient(address, timeout).build().unwrap();
    let image = UploadImage::from_bytes(vec![1; LIMIT], ImagePurpose::Chat);
    let started = Instant::now();
    client.images().upload(image).await.unwrap();
    assert!(started.elapsed() > timeout, "{:?}", started.elapsed());
}

#[maybe_async]
#[test]
async fn an_upload_that_stalls_times_out() {
    let address = serve(|_, stream| {
        thread::sleep(Duration::from_secs(60));
        drop(stream);
        Ok(())
    });
    let client = impatient(address, Duration::from_millis(300));
    let image = UploadImage::from_bytes(vec![1; LIMIT], ImagePurpose::Chat);
    let started = Instant::now();
    let error = client.build().unwrap().images().upload(image).await;
    let error = error.unwrap_err();
    assert!(matches!(error, Error::Timeout(_)), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(40));
}

#[maybe_async]
#[test]
async fn an_answer_that_does_not_come_times_out() {
    let server = Server::start([Reply::Silence(Duration::from_secs(60))]);
    let client = builder(USER_TOKEN, &server).timeout(Duration::from_millis(300));
    let image = UploadImage::from_bytes("xyz", ImagePurpose::Chat);
    let error = client.build().unwrap().images().upload(image).await;
    let error = error.unwrap_err();
    assert!(matches!(error, Error::Timeout(_)), "{error:?}");
    assert_eq!(server.requests().len(), 1);
}

#[maybe_async]
#[test]
async fn a_success_before_the_whole_body_is_no_success() {
    let address = serve(|_, mut stream| {
        stream.read_exact(&mut [0; 1000])?;
        stream.write_all(&created())?;
        thread::sleep(Duration::from_secs(60));
        Ok(())
    });
    let client = impatient(address, Duration::from_millis(500));
    let image = UploadImage::from_bytes(vec![1; LIMIT], ImagePurpose::Chat);
    let result = client.build().unwrap().images().upload(image).await;
    assert!(
        matches!(result, Err(Error::Timeout(_) | Error::Connection(_))),
        "{result:?}"
    );
}

/// The connection of the first attempt is left alone with a body in its hands;
/// it must not take anything from the second one.
#[maybe_async]
#[test]
async fn a_retry_after_a_stall_sends_the_whole_file() {
    let requests: Arc<Mutex<Vec<Recorded>>> = Arc::default();
    let recorded = Arc::clone(&requests);
    let address = serve(move |number, mut stream| {
        if number == 0 {
            // So long that the client gives up in the middle of the file.
            thread::sleep(Duration::from_secs(25));
            io::copy(&mut stream, &mut io::sink())?;
            return Ok(());
        }
        let mut reader = BufReader::new(stream.try_clone()?);
        if let Some(request) = read_request(&mut reader, number)? {
            recorded.lock().unwrap().push(request);
        }
        stream.write_all(&created())
    });
    let content = noise(LIMIT);
    let client = retrying(impatient(address, Duration::from_millis(400)));
    let reader = Cursor::new(content.clone());
    let image = UploadImage::from_seekable_reader(reader, ImagePurpose::Chat);
    client.images().upload(image).await.unwrap();
    let requests = requests.lock().unwrap();
    assert_eq!(requests.len(), 1);
    assert!(file_part(&requests[0]).content == content);
}

/// Nothing of the file is read any more once the call is over.
#[maybe_async]
#[test]
async fn an_early_refusal_ends_the_reading() {
    let address = serve(|_, mut stream| {
        stream.read_exact(&mut [0; 1000])?;
        stream.write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")?;
        thread::sleep(Duration::from_millis(1500));
        io::copy(&mut stream, &mut io::sink())?;
        Ok(())
    });
    let sent: Arc<Mutex<u64>> = Arc::default();
    let report = Arc::clone(&sent);
    let image = UploadImage::from_bytes(vec![1; LIMIT], ImagePurpose::Chat)
        .on_progress(move |progress| *report.lock().unwrap() = progress.sent);
    let client = impatient(address, Duration::from_millis(200))
        .build()
        .unwrap();
    let result = client.images().upload(image).await;
    assert!(result.is_err(), "{result:?}");
    let at_the_end = *sent.lock().unwrap();
    assert!(at_the_end < LIMIT as u64);
    thread::sleep(Duration::from_secs(2));
    assert_eq!(*sent.lock().unwrap(), at_the_end);
}
