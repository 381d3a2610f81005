/** Grafana's stand-in: the login form. Like Grafana's, it posts JSON and follows the redirect in the answer. */
const form = document.querySelector('form')
const errorMessage = form.querySelector('[role=alert]')

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const fields = new FormData(form)
  const answer = await fetch('login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: fields.get('user'), password: fields.get('password') }),
  })
  const body = await answer.json()
  if (answer.ok) {
    location.assign(body.redirectUrl)
    return
  }
  errorMessage.textContent = body.message
  errorMessage.hidden = false
})
